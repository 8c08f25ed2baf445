import { beforeEach, expect, test } from 'vitest';
import { useTestDatabase } from '../support/test-database.ts';
import { emptyCoverage, enterWalks, evenWalks, range, runCoverage, show } from './support.ts';

const database = useTestDatabase();
beforeEach(() => emptyCoverage(database));

interface Interval {
  total: number;
  low: number;
  high: number;
}

async function interval(one: number, two: number, both: number): Promise<Interval> {
  const rows = await database.rows<Interval>(
    'select total::float8, low::float8, high::float8 from gold.chapman_estimate($1, $2, $3)',
    [one, two, both],
  );
  return rows[0] as Interval;
}

/** Shows `one` events to us and `two` to the archive, `both` of them to both. */
async function showHour(hour: number, type: string, one: number, two: number, both: number) {
  const at = `2026-03-01T${String(hour).padStart(2, '0')}:30:00Z`;
  const first = hour * 100_000 + type.length * 1000;
  await show(database, 'api:public', range(first + 1, first + one), type, at);
  const archived = range(first + one - both + 1, first + one - both + two);
  await show(database, `gharchive:2026-03-01-${hour}`, archived, type, at);
}

const enterPolls = () => enterWalks(database, evenWalks('2026-03-01T00:10:00Z', 24, 60, 0));

test('hours large enough add: their totals, and the arms of their intervals in squares', async () => {
  await enterPolls();
  await showHour(9, 'PushEvent', 200, 150, 50);
  await showHour(10, 'PushEvent', 100, 120, 30);
  await runCoverage(database);
  const parts = [await interval(200, 150, 50), await interval(100, 120, 30)];
  const total = parts.reduce((sum, part) => sum + part.total, 0);
  const arm = (length: (part: Interval) => number) =>
    Math.sqrt(parts.reduce((sum, part) => sum + length(part) ** 2, 0));
  const [row] = await database.rows(
    `select hour_count::int, captured_count::int, estimated_total::int, estimated_low::int, estimated_high::int
     from gold.v_coverage_daily_by_type`,
  );
  expect(row).toEqual({
    hour_count: 2,
    captured_count: 490,
    estimated_total: Math.round(total),
    estimated_low: Math.round(total - arm(({ total, low }) => total - low)),
    estimated_high: Math.round(total + arm(({ total, high }) => high - total)),
  });
});

test('hours too small to stand alone are pooled before they are estimated', async () => {
  await enterPolls();
  for (const hour of range(0, 23)) await showHour(hour, 'WatchEvent', 2, 3, 1);
  await runCoverage(database);
  const pooled = await interval(48, 72, 24);
  expect(
    await database.rows(
      'select event_type, hour, estimated_total::float8 as total from gold.coverage_strata',
    ),
  ).toEqual([{ event_type: 'WatchEvent', hour: null, total: pooled.total }]);
  expect(
    await database.rows(
      `select estimated_total::int as total, estimated_low::int as low, estimated_high::int as high, unestimated_count::int as rest
       from gold.v_coverage_daily_by_type`,
    ),
  ).toEqual([
    {
      total: Math.round(pooled.total),
      low: Math.round(pooled.low),
      high: Math.round(pooled.high),
      rest: 0,
    },
  ]);
  // By the hour there is too little to say anything.
  expect(
    await database.value('select count(*)::int from gold.feed_coverage where reason is null'),
  ).toBe(0);
});

test('what is left of small types is pooled for the total of all types', async () => {
  await enterPolls();
  await showHour(9, 'PushEvent', 200, 150, 50);
  await showHour(9, 'ForkEvent', 10, 8, 3);
  await showHour(9, 'WatchEvent', 12, 9, 4);
  await runCoverage(database);
  const expected = (await interval(200, 150, 50)).total + (await interval(22, 17, 7)).total;
  for (const view of ['v_coverage_hourly', 'v_coverage_daily', 'v_coverage_monthly']) {
    expect(
      await database.rows(
        `select captured_count::int as captured, unestimated_count::int as rest, estimated_total::int as total from gold.${view}`,
      ),
      view,
    ).toEqual([{ captured: 300 + 15 + 17, rest: 0, total: Math.round(expected) }]);
  }
});

test('events of hours without an estimate are counted apart and are in no rate', async () => {
  await enterWalks(database, [{ at: '2026-03-01T09:10:00Z' }]);
  await showHour(9, 'PushEvent', 200, 150, 50);
  await show(
    database,
    'gharchive:2026-03-01-10',
    range(1, 40),
    'PushEvent',
    '2026-03-01T10:30:00Z',
  );
  await runCoverage(database);
  expect(
    await database.rows(
      `select hour_count::int, captured_count::int, unestimated_count::int, capture_rate::float8 from gold.v_coverage_daily`,
    ),
  ).toEqual([{ hour_count: 2, captured_count: 340, unestimated_count: 40, capture_rate: 0.505 }]);
});

test('an hour settles eight hours after it began, once that has been looked at', async () => {
  await enterPolls();
  await showHour(9, 'PushEvent', 200, 150, 50);
  await runCoverage(database);
  const settle = (watermark: string) =>
    database.pool.query(
      `update ops.pipeline_watermarks set watermark = $1 where pipeline = 'coverage'`,
      [watermark],
    );
  const isFinal = () => database.value('select is_final from gold.v_coverage_hourly');
  await settle('2026-03-01T16:59:59Z');
  expect(await isFinal()).toBe(false);
  await settle('2026-03-01T17:00:00Z');
  expect(await isFinal()).toBe(true);
  expect(await database.value('select is_final from gold.v_coverage_daily')).toBe(false);
});

test('a day names the incidents known of it', async () => {
  await show(database, 'file:x', [1], 'PushEvent', '2025-10-09T12:00:00Z');
  await runCoverage(database);
  expect(await database.value('select incidents from gold.v_coverage_daily')).toEqual([
    'first page of the public feed almost only pushes; archive volume drops',
    "an archive file's hour is the crawler's clock",
    'payloads trimmed',
    'archive volume down about 100×',
  ]);
});
