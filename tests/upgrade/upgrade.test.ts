import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { createPool, type Pool } from '../../apps/shared/database.ts';
import { installWarehouse, readWarehouseFiles } from '../../apps/shared/install-warehouse.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';

/** The last numbered file of the first version. */
const FIRST_VERSION = 9;
/** The other files that it takes to fill it. They are run again by each version that changes them. */
const OTHERS =
  /(source_class|readable_time|event_identity|find_refused|find_known|save_events|casts|v_events|add_dates|seed_dimensions)\.sql$/;
const TABLES = ['bronze.raw_events', 'bronze.sightings', 'silver.events', 'gold.fact_events'];

const names: string[] = [];
let url: string;
let pool: Pool;

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('serverUrl') });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

beforeEach(async () => {
  const name = `assay_upgrade_${randomBytes(6).toString('hex')}`;
  names.push(name);
  await onServer(`create database ${name} template template0 encoding 'UTF8'`);
  const location = new URL(inject('serverUrl'));
  location.pathname = `/${name}`;
  url = location.href;
  pool = createPool({ connectionString: url, applicationName: 'tests', max: 2 });
  await makeFirstVersion();
});
afterEach(() => pool.end());
afterAll(async () => {
  for (const name of names) await onServer(`drop database if exists ${name} with (force)`);
});

/** Numbered files never change, so those of the first version make its tables today as they did then. */
async function makeFirstVersion(): Promise<void> {
  await pool.query(
    'create schema ops; create table ops.schema_files (file_name text primary key, checksum text not null, applied_at timestamptz not null default now())',
  );
  for (const file of readWarehouseFiles()) {
    const isOfFirst =
      file.migration === undefined ? OTHERS.test(file.name) : file.migration <= FIRST_VERSION;
    if (!isOfFirst) continue;
    await pool.query(file.text);
    // The first version erased nobody.
    if (file.name === 'bronze/002_bronze.sql')
      await pool.query(
        `create function ops.erased_pattern(batch text) returns text language sql as 'select null';
         create function bronze.admit_event(event jsonb, pattern text) returns jsonb language sql as 'select event'`,
      );
    await pool.query('insert into ops.schema_files (file_name, checksum) values ($1, $2)', [
      file.name,
      file.checksum,
    ]);
  }
  await pool.query(
    `create function silver.load_batch(timestamptz, integer, timestamptz, interval) returns integer language sql as 'select 1'`,
  );
}

/** Rows in all layers: several months, a time that cannot be read, one outside of all months, two sources of one event. */
async function fill(): Promise<void> {
  const times = ['2025-01-31T23:59:59Z', '2025-02-01T00:00:00Z', '2026-03-01T12:00:00Z'];
  const events = times.flatMap((created_at, month) =>
    Array.from({ length: 40 }, (_, n) =>
      makeEvent({ id: `${month}-${n}`, created_at, actor: { id: n + 1, login: `user${n}` } }),
    ),
  );
  const odd = [
    makeEvent({ id: 'unreadable', created_at: '2025-13-01T00:00:00Z' }),
    makeEvent({ id: 'far', created_at: '9998-01-01T00:00:00Z' }),
  ];
  await store(pool, [...events, ...odd]);
  await store(pool, events.slice(30, 90), 'gharchive:2025-02-01-0');
  // What the first version's transformer wrote: one row for each, watermarks behind them.
  await pool.query(`
    insert into silver.events (event_id, event_type, event_time, ingested_at, source, actor_id, actor_login, is_bot, repo_id, repo_name)
    select event_id, event_type, created_at, ingested_at, source, payload #>> '{actor,id}', payload #>> '{actor,login}', false, '20', 'ada/engine'
    from bronze.raw_events where event_id not in ('1-3', '2-7');
    select gold.add_dates('9998-01-01', '9998-01-01');
    insert into gold.dim_actors (actor_id, actor_login) select distinct actor_id::bigint, actor_login from silver.events where event_id <> '1-3' on conflict do nothing;
    insert into gold.dim_repos (repo_id, repo_name) values (20, 'ada/engine');
    insert into gold.fact_events (event_id, date_id, actor_id, repo_id, event_type, event_time, event_hour, silver_processed_at)
    select event_id, date_id, actor_id, repo_id, event_type, event_time, event_hour, processed_at
    from silver.v_events where event_id not in ('0-5');
    insert into ops.pipeline_watermarks (pipeline, watermark) values ('silver', now() - interval '1 day'), ('gold', now() - interval '1 day');`);
}

async function contents(): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const table of TABLES) {
    const { rows } = await pool.query(
      `select count(*)::int as rows, md5(string_agg(t::text, '|' order by t::text)) as digest from ${table} as t`,
    );
    found[table] = rows[0];
  }
  return found;
}

async function rowsByPartition(table: string): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ partition: string; rows: number }>(
    `select tableoid::regclass::text as partition, count(*)::int as rows from ${table} group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map((row) => [row.partition.replace('months.', ''), row.rows]));
}

describe('a warehouse of the first version', () => {
  test('becomes this one by setup-db, with all its rows, each in its month', async () => {
    await fill();
    await pool.query(
      'create role assay_upgrade_test_reader; grant select on gold.fact_events to assay_upgrade_test_reader',
    );
    try {
      const before = await contents();
      await installWarehouse(url);
      expect(await contents()).toEqual(before);
      expect(await rowsByPartition('bronze.raw_events')).toEqual({
        bronze_raw_events_2025_01: 40,
        bronze_raw_events_2025_02: 40,
        bronze_raw_events_2026_03: 40,
        bronze_raw_events_other: 2,
      });
      expect(await rowsByPartition('gold.fact_events')).toEqual({
        gold_fact_events_2025_01: 39,
        gold_fact_events_2025_02: 39,
        gold_fact_events_2026_03: 39,
        gold_fact_events_other: 1,
      });
      expect((await installWarehouse(url)).ran).toEqual([]);
      // The transformer goes on where the first version's stopped.
      expect(await runTransform(url)).toEqual({ silver: 2, gold: 3 });
      expect(await runTransform(url)).toEqual({ silver: 0, gold: 0 });
      const { rows } = await pool.query(
        `select has_table_privilege('assay_upgrade_test_reader', 'gold.fact_events', 'select') as may_read,
           to_regprocedure('silver.load_batch(timestamptz, integer, timestamptz, interval)') as old_function`,
      );
      expect(rows).toEqual([{ may_read: true, old_function: null }]);
    } finally {
      await pool.query(
        'drop owned by assay_upgrade_test_reader; drop role assay_upgrade_test_reader',
      );
    }
  });

  test('killed between any two months, setup-db goes on where it was', async () => {
    await fill();
    const before = await contents();
    for (let months = 0; ; months++) {
      let seen = 0;
      const stop = new Error('killed');
      const end = await installWarehouse(
        url,
        () => {},
        () => {
          if (seen++ > 0) throw stop;
        },
      ).catch((error: unknown) => error);
      expect(await contents()).toEqual(before);
      if (end !== stop) {
        expect(months).toBeGreaterThan(3);
        break;
      }
    }
    expect(await rowsByPartition('silver.events')).toEqual({
      silver_events_2025_01: 40,
      silver_events_2025_02: 39,
      silver_events_2026_03: 39,
      silver_events_other: 2,
    });
  });

  test('a reader that stands in the way costs nothing: its months are made later', async () => {
    await fill();
    const before = await contents();
    await installWarehouse(
      url,
      () => {},
      () => {
        throw new Error('killed');
      },
    ).catch(() => {});
    const reader = await pool.connect();
    await reader.query('begin; select count(*) from silver.events');
    await installWarehouse(url);
    expect((await rowsByPartition('silver.events')).silver_events_other).toBe(120);
    await reader.query('commit');
    reader.release();
    await installWarehouse(url);
    expect((await rowsByPartition('silver.events')).silver_events_other).toBe(2);
    expect(await contents()).toEqual(before);
  });

  test('a view of the user’s own is named, and nothing is changed', async () => {
    await fill();
    await pool.query(
      'create schema mine; create view mine.pushes as select * from gold.fact_events',
    );
    await expect(installWarehouse(url)).rejects.toThrow(/mine\.pushes/);
    const { rows } = await pool.query(
      `select relkind from pg_class where oid = 'gold.fact_events'::regclass`,
    );
    expect(rows).toEqual([{ relkind: 'r' }]);
    await pool.query('drop view mine.pushes');
    await installWarehouse(url);
  });
});
