import { beforeEach, expect, test } from 'vitest';
import { createRandom } from '../../apps/simulator/random.ts';
import { makeEvent, store } from '../support/events.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { emptyCoverage, enterWalks, range, runCoverage, show } from './support.ts';

const database = useTestDatabase();
beforeEach(() => emptyCoverage(database));

const COLUMNS = `hour, event_type, captured_count, own_count, archive_count, counts_by_source, counts_by_history,
  list_one, list_two, list_one_count, list_two_count, overlap_count, estimated_total, estimated_low, estimated_high,
  capture_rate, capture_rate_low, capture_rate_high, method, reason`;
const read = (columns = COLUMNS) =>
  database.rows(`select ${columns} from gold.feed_coverage order by hour, event_type`);

const SOURCES = [
  'api:public',
  'gharchive:2026-03-01-',
  'archive:mirror:2026-03-01-',
  'api:orgs/x',
  'file:some.json',
];

test('built step by step it equals what is built from nothing, and run again it stays', async () => {
  const random = createRandom(7);
  for (const step of range(0, 19)) {
    const source = SOURCES[Math.floor(random() * SOURCES.length)] ?? '';
    const hour = Math.floor(random() * 4);
    const events = range(1, 60).map(() => {
      const id = Math.floor(random() * 300);
      return makeEvent({
        id: String(id),
        type: id % 3 === 0 ? 'WatchEvent' : 'PushEvent',
        created_at: id % 50 === 0 ? 'unreadable' : `2026-03-01T0${id % 4}:${10 + (id % 50)}:00Z`,
      });
    });
    await store(database.pool, events, source.endsWith('-') ? `${source}${hour}` : source);
    if (step % 3 === 0)
      await enterWalks(database, [
        {
          at: `2026-03-01T0${hour}:${10 + step}:00Z`,
          inserted: 20 * step,
          overlap: 300 - 20 * step,
        },
      ]);
    // With no grace window behind the watermark nothing is looked at twice by chance.
    if (step % 2 === 0) await runCoverage(database, 0);
  }
  await runCoverage(database, 0);
  const stepwise = await read();
  expect(stepwise.length).toBeGreaterThan(6);

  const again = await read('hour, event_type, computed_at::text');
  await runCoverage(database);
  expect(await read('hour, event_type, computed_at::text')).toEqual(again);

  await database.pool.query(`
    truncate gold.feed_coverage; delete from ops.pipeline_watermarks where pipeline = 'coverage'`);
  await runCoverage(database);
  expect(await read()).toEqual(stepwise);
});

test('only hours that something new belongs to are counted again', async () => {
  for (const hour of range(10, 19))
    await show(database, 'api:public', [hour], 'PushEvent', `2026-03-01T${hour}:30:00Z`);
  expect((await runCoverage(database, 0)).rowsIn).toBe(10);
  await show(database, 'gharchive:2026-03-01-13', [13], 'PushEvent', '2026-03-01T13:30:00Z');
  await show(database, 'api:public', [113], 'PushEvent', '2026-03-01T17:30:00Z');
  const result = await runCoverage(database, 0);
  expect(result.rowsOut).toBe(2);
  // These two, and that of the row which holds the watermark.
  expect(result.rowsIn).toBeLessThanOrEqual(3);
});

test('a sighting that commits behind the watermark is still counted', async () => {
  await show(database, 'api:public', range(1, 20));
  const writer = await database.pool.connect();
  await writer.query('begin');
  await writer.query(`select bronze.save_events($1, 1, 'gharchive:2026-03-01-12')`, [
    JSON.stringify(makeEvent({ id: '1', created_at: '2026-03-01T12:30:00Z' })),
  ]);
  await show(database, 'api:public', [21]);
  await runCoverage(database, 0);
  expect(await database.value('select archive_count::int from gold.feed_coverage')).toBe(0);
  await writer.query('commit');
  writer.release();
  await runCoverage(database, 0);
  expect(await database.value('select archive_count::int from gold.feed_coverage')).toBe(1);
});

test('the session’s time zone does not matter', async () => {
  await enterWalks(database, [{ at: '2026-03-01T12:31:00Z' }]);
  await show(database, 'api:public', range(1, 40));
  await show(database, 'gharchive:2026-03-01-12', range(21, 60));
  await runCoverage(database);
  const expected = await read();
  await database.pool.query(`truncate gold.feed_coverage`);
  const client = await database.pool.connect();
  await client.query(`set timezone = 'Asia/Kolkata'`);
  await client.query(
    `insert into gold.feed_coverage select * from gold.count_feed_coverage('2026-03-01T12:00Z')`,
  );
  await client.query('reset timezone');
  client.release();
  expect(await read()).toEqual(expected);
});
