import { beforeEach, expect, test } from 'vitest';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { audit, lookAtStanding } from './schedule/audit-world.ts';

const database = useTestDatabase();
const nothingKept = { silver: null, gold: null };
const bad = Buffer.from('{"id":"bad","type":"PushEvent","payload":"\\u0000"}');
const identities = [0, 1, 2, 3].map((id) => ({
  id: String(id),
  type: 'PushEvent',
  created_at: '2026-03-01T12:00:00Z',
}));
const world = {
  pool: database.pool,
  simulator: { offeredEvents: () => identities.values(), refusedItems: () => [].values() },
  known: { events: [], refused: [bad] },
};

/** A warehouse that has what was offered, with a ledger that tells it. */
beforeEach(async () => {
  await emptyWarehouse(database);
  await store(database.pool, [...identities.map(({ id }) => makeEvent({ id })), bad]);
  await database.pool.query(
    `insert into ops.polls (poll_id, walk_id, feed, page, polled_at, outcome, duration_ms, fetched, inserted, duplicates, dead_lettered)
     values (gen_random_uuid(), gen_random_uuid(), 'public', 1, now(), 'events', 1, 5, 4, 0, 1)`,
  );
  await runTransform(database.connectionString);
});

test('the auditor finds nothing wrong where nothing is', async () => {
  expect((await audit(world)).faults).toEqual([]);
  await lookAtStanding(database.pool, nothingKept);
});

test.each([
  ['a lost event', `delete from bronze.raw_events where event_id = '1'`, /not in bronze/],
  ['a lost dead letter', 'delete from bronze.dead_letter_queue', /not in the dead letters/],
  [
    'an event that nobody offered or fetched',
    `insert into bronze.raw_events (event_id, event_type, source, payload) values ('9', 'PushEvent', 'api:public', '{}')`,
    /rows of bronze more than the ledgers tell/,
  ],
  ['a row skipped by silver', `delete from silver.events where event_id = '2'`, /silver lacks/],
  ['a row skipped by gold', `delete from gold.fact_events where event_id = '3'`, /gold lacks/],
  [
    'a row exchanged for another',
    `update silver.events set event_id = '7' where event_id = '2'`,
    /rows of silver that bronze lacks/,
  ],
  [
    'a poll counted twice',
    `insert into ops.polls (poll_id, walk_id, feed, page, polled_at, outcome, duration_ms, fetched, inserted, duplicates, dead_lettered)
     select gen_random_uuid(), walk_id, feed, page, polled_at, outcome, duration_ms, fetched, inserted, duplicates, dead_lettered from ops.polls`,
    /the ledgers tell/,
  ],
])('the auditor finds %s', async (_name, harm, fault) => {
  await database.pool.query(harm);
  expect((await audit(world)).faults.join('\n')).toMatch(fault);
});

test('a look in the middle finds a watermark that went back, and a key that points nowhere', async () => {
  const standing = await lookAtStanding(database.pool, nothingKept);
  await database.pool.query(
    `update ops.pipeline_watermarks set watermark = watermark - interval '1 microsecond' where pipeline = 'gold'`,
  );
  await expect(lookAtStanding(database.pool, standing)).rejects.toThrow(
    'the gold watermark went back',
  );
  const client = await database.pool.connect();
  try {
    // As a restore without its foreign keys would leave it.
    await client.query(`set session_replication_role = replica`);
    await client.query('delete from gold.dim_actors where actor_id = 10');
  } finally {
    client.release(true);
  }
  await expect(lookAtStanding(database.pool, nothingKept)).rejects.toThrow(
    '4 facts have a key that points nowhere',
  );
});
