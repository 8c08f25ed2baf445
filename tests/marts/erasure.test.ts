// What becomes of the marts when a person's events are removed: they say what they would have said had these never come. More
// in tests/erasure.
import { beforeEach, describe, expect, test } from 'vitest';
import { ADA, ada, bob, erase, startAnew } from '../erasure/support.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { readMarts, rebuildMarts } from './support.ts';

const database = useTestDatabase();
const { pool, rows, value } = database;
const run = () => runTransform(database.connectionString);
beforeEach(() => startAnew(database));

const pull = (id: string, actor: object, created_at: string, action: string) =>
  makeEvent({
    id,
    type: 'PullRequestEvent',
    actor,
    created_at,
    payload: { action, number: 8, pull_request: { number: 8 } },
  });

/** Bob's work in two months. In the first he opens what Ada merges. */
const bobs = () => [
  makeEvent({ id: 'b1', actor: bob, created_at: '2026-01-05T01:00:00Z' }),
  pull('b2', bob, '2026-01-05T01:30:00Z', 'opened'),
  makeEvent({ id: 'b3', actor: bob, created_at: '2026-02-05T01:00:00Z' }),
];
const adas = () => [
  makeEvent({ id: 'a1', actor: ada, created_at: '2026-01-05T01:10:00Z' }),
  pull('a2', ada, '2026-01-06T02:00:00Z', 'merged'),
  makeEvent({ id: 'a3', actor: ada, created_at: '2026-02-05T01:10:00Z' }),
];
const ofAda = () =>
  value('select count(*)::int from gold.mart_activity where actor_id = $1', [ADA.id]);

/** As retention leaves it: a layer's months until February have gone. */
async function drop(table: string, partition: string) {
  for (const month of ['01', '02']) {
    await pool.query(`drop table months.${partition}_2026_${month}`);
    await pool.query(
      `insert into ops.dropped_partitions (table_name, month, row_count, size_bytes, retention_days) values ($1, $2, 0, 0, 1)`,
      [table, `2026-${month}-01`],
    );
  }
}

describe('a person whose events are removed', () => {
  test('leaves the marts as if they had never come', async () => {
    await store(pool, bobs());
    await run();
    const without = await readMarts(database);
    await store(pool, adas());
    await run();
    expect(await readMarts(database)).not.toEqual(without);

    const receipt = await erase(database, ADA.login, { removes: true });
    expect(receipt.rows).toContainEqual(
      expect.objectContaining({ table: 'gold.mart_activity', action: 'removed' }),
    );
    expect(await readMarts(database)).toEqual(without);
    expect(await rebuildMarts(database)).toEqual(without);
  });

  test('of months that silver has dropped leaves unknown what it shared a row with', async () => {
    // Those without an id share a row, of which only silver knew what each event did.
    await store(pool, [
      ...bobs(),
      ...adas(),
      pull('n1', { login: ADA.login }, '2026-01-07T01:00:00Z', 'opened'),
      pull('n2', { login: 'somebody' }, '2026-01-07T02:00:00Z', 'merged'),
    ]);
    await run();
    await drop('bronze.raw_events', 'bronze_raw_events');
    await drop('silver.events', 'silver_events');
    await erase(database, ADA.login, { removes: true });
    expect(await ofAda()).toBe(0);
    expect(
      await rows(
        `select date_day::text, event_count::int, actor_count::int, push_count::int, pull_request_opened_count::int as opened
         from gold.v_daily_activity order by 1`,
      ),
    ).toEqual([
      { date_day: '2026-01-05', event_count: 2, actor_count: 1, push_count: 1, opened: 1 },
      { date_day: '2026-01-07', event_count: 1, actor_count: 0, push_count: 0, opened: null },
      { date_day: '2026-02-05', event_count: 1, actor_count: 1, push_count: 1, opened: 0 },
    ]);
    expect(await value('select sum(event_count)::int from gold.v_hourly_event_counts')).toBe(4);
  });

  test('of months that have no facts any more, too', async () => {
    await store(pool, [...bobs(), ...adas()]);
    await run();
    await drop('bronze.raw_events', 'bronze_raw_events');
    await drop('silver.events', 'silver_events');
    await drop('gold.fact_events', 'gold_fact_events');
    await erase(database, ADA.login, { removes: true });
    expect(await ofAda()).toBe(0);
    expect(await value('select sum(event_count)::int from gold.mart_activity')).toBe(3);
  });

  test('that the marts never counted takes nothing of others from them', async () => {
    await store(pool, bobs());
    await run();
    await drop('bronze.raw_events', 'bronze_raw_events');
    await drop('silver.events', 'silver_events');
    await drop('gold.fact_events', 'gold_fact_events');
    const before = await readMarts(database);
    await store(pool, adas());
    await run();
    expect(await readMarts(database)).toEqual(before);
    await erase(database, ADA.login, { removes: true });
    expect(await readMarts(database)).toEqual(before);
  });
});
