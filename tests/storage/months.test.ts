import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addMonths } from '../../apps/shared/add-months.ts';
import type { Client } from '../../apps/shared/database.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { dropPastMonths, emptyWarehouse, useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();
const TABLES = ['bronze.raw_events', 'bronze.sightings', 'silver.events', 'gold.fact_events'];
const opened: Client[] = [];

beforeEach(async () => {
  await emptyWarehouse(database);
  await dropPastMonths(database);
});
afterEach(async () => {
  for (const client of opened.splice(0)) {
    await client.query('rollback').catch(() => {});
    client.release();
  }
});

const run = () => runTransform(database.connectionString);

async function byPartition(table: string): Promise<Record<string, number>> {
  const rows = await database.rows<{ partition: string; rows: number }>(
    `select replace(tableoid::regclass::text, 'months.', '') as partition, count(*)::int as rows from ${table} group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map((row) => [row.partition, row.rows]));
}

async function open(): Promise<Client> {
  const client = await database.pool.connect();
  opened.push(client);
  return client;
}

const events = [
  makeEvent({ id: '1', created_at: '2025-01-31T23:59:59Z' }),
  makeEvent({ id: '2', created_at: '2025-02-01T00:00:00Z' }),
  makeEvent({ id: '3', created_at: '2025-02-28T23:59:59Z' }),
  makeEvent({ id: '4', created_at: 'never' }),
];

describe('months', () => {
  test('every event is in the partition of its UTC month, in every layer', async () => {
    await store(database.pool, events);
    await run();
    expect(await byPartition('bronze.raw_events')).toEqual({
      bronze_raw_events_2025_01: 1,
      bronze_raw_events_2025_02: 2,
      bronze_raw_events_other: 1,
    });
    expect(await byPartition('silver.events')).toEqual({
      silver_events_2025_01: 1,
      silver_events_2025_02: 2,
      silver_events_other: 1,
    });
    expect(await byPartition('gold.fact_events')).toEqual({
      gold_fact_events_2025_01: 1,
      gold_fact_events_2025_02: 2,
    });
    expect(await run()).toEqual({ silver: 0, gold: 0 });
  });

  test('an event is known again, before and after its month has a partition', async () => {
    expect((await store(database.pool, events)).inserted).toBe(4);
    expect((await store(database.pool, [...events, ...events])).inserted).toBe(0);
    await run();
    const again = await store(database.pool, events);
    expect([again.inserted, again.duplicates]).toEqual([0, 4]);
    expect(await run()).toEqual({ silver: 0, gold: 0 });
  });

  test('times outside the record make no partitions, however many there are', async () => {
    const odd = Array.from({ length: 300 }, (_, index) =>
      makeEvent({ id: `odd${index}`, created_at: `${2100 + index}-06-01T00:00:00Z` }),
    );
    await store(database.pool, [
      ...odd,
      makeEvent({ id: 'old', created_at: '1970-01-01T00:00:00Z' }),
    ]);
    expect(await run()).toEqual({ silver: 301, gold: 301 });
    expect(await byPartition('gold.fact_events')).toEqual({ gold_fact_events_other: 301 });
    expect(
      await database.value(`select count(*)::int from ops.months_of('gold.fact_events')`),
    ).toBe(3);
  });

  test('the present month and the two after it are made ahead of time', async () => {
    const months = (asOf: string) =>
      database.rows(`select month::text from ops.missing_months('gold.fact_events', $1) as month`, [
        asOf,
      ]);
    expect(await months('2031-12-31T23:59:59Z')).toEqual([
      { month: '2031-12-01' },
      { month: '2032-01-01' },
      { month: '2032-02-01' },
    ]);
    const ahead = await database.rows<{ table: string; months: number }>(
      `select parent::text as table, count(*)::int as months from unnest($1::regclass[]) as parent
       cross join ops.months_of(parent) group by 1`,
      [TABLES],
    );
    expect(ahead.map((row) => row.months)).toEqual([3, 3, 3, 3]);
  });

  test('a month’s partition has what the others have: keys, indexes, settings, compression', async () => {
    await store(database.pool, events);
    await run();
    const shape = `
      select c.reloptions::text, k.kind, k.definition
      from pg_class as c
      cross join lateral (
        select 'index' as kind, regexp_replace(pg_get_indexdef(indexrelid), 'INDEX .* USING', 'INDEX USING') as definition from pg_index where indrelid = c.oid
        union all
        select contype::text, pg_get_constraintdef(oid) from pg_constraint where conrelid = c.oid
        union all
        select 'compression', attname || attcompression::text from pg_attribute where attrelid = c.oid and attnum > 0
      ) as k
      where c.oid = $1::regclass order by 1, 2, 3`;
    for (const table of [
      'bronze_raw_events',
      'bronze_sightings',
      'silver_events',
      'gold_fact_events',
    ]) {
      await database.pool.query('select ops.add_month($1::regclass, $2)', [
        table.replace('_', '.'),
        '2025-01-01',
      ]);
      expect(await database.rows(shape, [`months.${table}_2025_01`]), table).toEqual(
        await database.rows(shape, [`months.${table}_other`]),
      );
    }
  });

  test('facts of a month that was built in bulk have all their keys, and new ones are checked', async () => {
    await store(database.pool, events);
    await run();
    for (const column of ['actor_id', 'repo_id', 'date_id']) {
      await expect(
        database.pool.query(
          `insert into gold.fact_events (event_id, date_id, actor_id, repo_id, event_type, event_time, event_hour, silver_processed_at)
           select 'x', ${['date_id', 'actor_id', 'repo_id'].map((name) => (name === column ? '77' : name)).join(', ')}, event_type, event_time, event_hour, silver_processed_at
           from gold.fact_events where event_id = '2'`,
        ),
        column,
      ).rejects.toThrow(/foreign key/);
    }
  });

  test('a bulk load whose keys point nowhere fails as a whole', async () => {
    await store(database.pool, events);
    await database.pool.query(
      `create function gold.add_nothing() returns trigger language plpgsql as 'begin return null; end';
       create trigger add_nothing before insert on gold.dim_actors for each row execute function gold.add_nothing()`,
    );
    try {
      await expect(run()).rejects.toThrow(/foreign key/);
      expect(await database.value('select count(*)::int from gold.fact_events')).toBe(0);
    } finally {
      await database.pool.query('drop function gold.add_nothing cascade');
    }
    expect((await run()).gold).toBe(3);
  });
});

describe('others at work', () => {
  test('a writer in the middle of storing is waited for, and nothing of it is lost', async () => {
    const writer = await open();
    await writer.query('begin');
    await writer.query(
      `insert into bronze.raw_events (event_id, event_type, created_at, source, payload)
       values ('open', 'PushEvent', '2025-01-15', 'file:x', '{}')`,
    );
    await store(database.pool, events);
    await addMonths(database.pool, ['bronze.raw_events']);
    // It stood in the way: everything stays where it is, and the transformer works with that.
    expect(await byPartition('bronze.raw_events')).toEqual({ bronze_raw_events_other: 4 });
    expect(await run()).toEqual({ silver: 4, gold: 3 });
    await writer.query('commit');
    expect(await run()).toEqual({ silver: 1, gold: 1 });
    expect(await byPartition('bronze.raw_events')).toEqual({
      bronze_raw_events_2025_01: 2,
      bronze_raw_events_2025_02: 2,
      bronze_raw_events_other: 1,
    });
  });

  test('a reader of gold holds no load up: the facts go in without a partition, and get it later', async () => {
    await store(database.pool, events);
    const reader = await open();
    await reader.query('begin; select count(*) from gold.fact_events');
    expect(await run()).toEqual({ silver: 4, gold: 3 });
    expect(await byPartition('gold.fact_events')).toEqual({ gold_fact_events_other: 3 });
    await reader.query('commit');
    await store(database.pool, [makeEvent({ id: '5', created_at: '2025-02-10T00:00:00Z' })]);
    expect(await run()).toEqual({ silver: 1, gold: 1 });
    expect(await byPartition('gold.fact_events')).toEqual({
      gold_fact_events_2025_01: 1,
      gold_fact_events_2025_02: 3,
    });
  });

  test('many at once make a month once', async () => {
    await store(database.pool, events);
    await Promise.all(
      Array.from({ length: 6 }, () => addMonths(database.pool, ['bronze.raw_events'])),
    );
    expect(await byPartition('bronze.raw_events')).toEqual({
      bronze_raw_events_2025_01: 1,
      bronze_raw_events_2025_02: 2,
      bronze_raw_events_other: 1,
    });
  });
});
