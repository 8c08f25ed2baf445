import { beforeEach, describe, expect, test } from 'vitest';
import { useTestDatabase } from '../support/test-database.ts';
import { emptyCoverage, enterWalks, evenWalks, runCoverage } from './support.ts';

const database = useTestDatabase();
beforeEach(() => emptyCoverage(database));

const gaps = () =>
  database.rows(
    `select kind, feed, to_char(gap_from at time zone 'UTC', 'DD HH24:MI') as from, to_char(gap_to at time zone 'UTC', 'DD HH24:MI') as to, status
     from ops.feed_gaps order by gap_from, feed, kind`,
  );

/** Walks a minute with a good overlap; those in `broken` knew nothing. */
function walks(from: string, count: number, broken: readonly number[], feed = 'public') {
  return evenWalks(from, count, 1, 200).map((walk, index) =>
    broken.includes(index) ? { ...walk, feed, inserted: 300, overlap: 0 } : { ...walk, feed },
  );
}

describe('walks that do not overlap', () => {
  test('leave a gap, found once; those that touch are one', async () => {
    await enterWalks(database, walks('2025-06-01T10:00:00Z', 10, [3, 4, 8]));
    const expected = [
      { kind: 'no-overlap', feed: 'public', from: '01 10:02', to: '01 10:04', status: 'open' },
      { kind: 'no-overlap', feed: 'public', from: '01 10:07', to: '01 10:08', status: 'open' },
    ];
    await runCoverage(database);
    expect(await gaps()).toEqual(expected);
    await runCoverage(database);
    expect(await gaps()).toEqual(expected);
  });

  test('a gap grows with what is found later, and keeps its number', async () => {
    await enterWalks(database, walks('2025-06-01T10:00:00Z', 4, [3]));
    await runCoverage(database, 0);
    await enterWalks(database, walks('2025-06-01T10:04:00Z', 2, [0, 1]));
    await runCoverage(database, 0);
    expect(
      await database.rows(
        `select gap_id::int, to_char(gap_to at time zone 'UTC', 'HH24:MI') as to from ops.feed_gaps`,
      ),
    ).toEqual([{ gap_id: 1, to: '10:05' }]);
  });

  test('an event or two that the feed repeated are no overlap', async () => {
    await enterWalks(database, [
      ...walks('2025-06-01T10:00:00Z', 3, []),
      { at: '2025-06-01T10:03:00Z', inserted: 298, overlap: 2 },
    ]);
    await runCoverage(database);
    expect(await gaps()).toHaveLength(1);
  });

  test('a feed shorter than its window leaves none', async () => {
    const short = { feed: 'repos/a/b', fetched: 40, inserted: 40, overlap: 0 };
    await enterWalks(database, [
      { ...short, at: '2025-06-01T10:00:00Z' },
      { ...short, at: '2025-06-01T10:01:00Z' },
    ]);
    await runCoverage(database);
    expect(await gaps()).toEqual([]);
  });

  test('no gap goes beyond a UTC day, and what is healed stays so', async () => {
    await enterWalks(database, walks('2025-06-01T23:58:00Z', 4, [1, 2, 3]));
    await runCoverage(database);
    const expected = [
      { kind: 'no-overlap', feed: 'public', from: '01 23:58', to: '02 00:00', status: 'open' },
      { kind: 'no-overlap', feed: 'public', from: '02 00:00', to: '02 00:01', status: 'open' },
    ];
    expect(await gaps()).toEqual(expected);
    await database.pool.query(
      `update ops.feed_gaps set status = 'healed', healed_at = now() where gap_id = 2`,
    );
    await enterWalks(database, walks('2025-06-02T00:02:00Z', 1, [0]));
    await runCoverage(database);
    expect(await gaps()).toEqual([
      expected[0],
      { ...expected[1], status: 'healed' },
      { kind: 'no-overlap', feed: 'public', from: '02 00:01', to: '02 00:02', status: 'open' },
    ]);
  });
});

describe('outages', () => {
  test('a pause of more than three usual intervals is one, unless the walks still overlap', async () => {
    await enterWalks(database, walks('2025-06-01T10:00:00Z', 10, []));
    await enterWalks(database, [{ at: '2025-06-01T10:15:00Z', inserted: 200, overlap: 100 }]);
    await enterWalks(database, walks('2025-06-01T10:16:00Z', 3, []));
    await enterWalks(database, [
      { at: '2025-06-01T10:19:00Z', outcome: 'failed', fetched: 0 },
      { at: '2025-06-01T10:40:00Z', inserted: 300, overlap: 0 },
    ]);
    await runCoverage(database);
    expect(await gaps()).toEqual([
      { kind: 'outage', feed: 'public', from: '01 10:18', to: '01 10:40', status: 'open' },
    ]);
    expect(await database.value('select note from ops.feed_gaps')).toBe(
      'no answer for 00:22:00, usual are 00:01:00; requests that failed: 1',
    );
  });

  test('one that still lasts is known before it is over, and is one with what is found afterwards', async () => {
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    await enterWalks(
      database,
      [25, 24, 23, 22, 21, 20].map((minutes) => ({ at: minutesAgo(minutes), inserted: 100 })),
    );
    await database.pool.query(`update ops.polls set recorded_at = polled_at`);
    await runCoverage(database);
    expect(await database.rows('select kind, status from ops.feed_gaps')).toEqual([
      { kind: 'outage', status: 'open' },
    ]);
    await enterWalks(database, [{ at: minutesAgo(0), inserted: 300, overlap: 0 }]);
    await runCoverage(database);
    // Two of them when midnight lies between.
    expect(
      await database.value(
        `select extract(epoch from sum(gap_to - gap_from))::int / 60 from ops.feed_gaps`,
      ),
    ).toBe(20);
  });

  test('a feed that is asked for no more, while others are, has none', async () => {
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    for (const minute of [25, 24, 23, 22, 21])
      await enterWalks(database, [{ at: minutesAgo(minute), feed: 'orgs/x', inserted: 100 }]);
    for (const minute of [25, 24, 23, 22, 21, 2, 1])
      await enterWalks(database, [{ at: minutesAgo(minute), inserted: 100 }]);
    await database.pool.query(`update ops.polls set recorded_at = polled_at`);
    await runCoverage(database);
    expect(await database.rows('select feed from ops.feed_gaps')).toEqual([]);
  });
});

describe('archives', () => {
  const enterFile = (hour: number, status: string, wasReadWhole = false) =>
    database.pool.query(
      `insert into ops.source_files (file_key, source, location, hour, status, was_read_whole)
       values ($1, $1, 'x', $2, $3, $4)
       on conflict (file_key) do update set status = excluded.status, was_read_whole = excluded.was_read_whole`,
      [
        `gharchive:2025-06-01-${hour}`,
        `2025-06-01T${String(hour).padStart(2, '0')}:00:00Z`,
        status,
        wasReadWhole,
      ],
    );

  test('hours without a whole file are gaps, closed when the file has come', async () => {
    await enterFile(7, 'complete');
    await enterFile(8, 'missing');
    await enterFile(9, 'partial');
    await enterFile(10, 'partial', true);
    await enterFile(11, 'empty');
    await runCoverage(database);
    expect(await gaps()).toEqual([
      {
        kind: 'archive-missing',
        feed: 'gharchive',
        from: '01 08:00',
        to: '01 10:00',
        status: 'open',
      },
      {
        kind: 'archive-missing',
        feed: 'gharchive',
        from: '01 11:00',
        to: '01 12:00',
        status: 'open',
      },
    ]);
    await enterFile(8, 'complete');
    await enterFile(11, 'complete');
    await runCoverage(database);
    expect((await gaps()).map(({ status }) => status)).toEqual(['open', 'healed']);
    await enterFile(9, 'complete');
    await runCoverage(database);
    expect((await gaps()).map(({ status }) => status)).toEqual(['healed', 'healed']);
  });
});
