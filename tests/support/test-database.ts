import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import { createPool, type Pool } from '../../apps/shared/database.ts';

export interface TestDatabase {
  pool: Pool;
  connectionString: string;
  /** Runs a query and gives its rows. */
  rows: <T extends object = Record<string, unknown>>(
    sql: string,
    values?: unknown[],
  ) => Promise<T[]>;
  /** The only column of the only row. */
  value: (sql: string, values?: unknown[]) => Promise<unknown>;
}

/**
 * Gives the suite a database of its own, a clone of the empty warehouse, dropped after the suite.
 */
export function useTestDatabase(): TestDatabase {
  const name = `assay_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(inject('serverUrl'));
  url.pathname = `/${name}`;
  const pool = createPool({ connectionString: url.href, applicationName: 'tests', max: 8 });
  const database: TestDatabase = {
    pool,
    connectionString: url.href,
    rows: async (sql, values) => (await pool.query(sql, values)).rows,
    value: async (sql, values) => {
      const { rows, fields } = await pool.query(sql, values);
      return rows[0]?.[fields[0]?.name ?? ''];
    },
  };

  beforeAll(async () => {
    await onServer(
      `create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(inject('templateName'))}`,
    );
  });
  let hasFailed = false;
  afterEach(({ task }) => {
    hasFailed ||= task.result?.state === 'fail';
  });
  afterAll(async () => {
    await pool.end();
    // On a server that outlives the run, a failed suite's database is kept to be looked into.
    if (hasFailed && process.env.TEST_DATABASE?.startsWith('postgres')) {
      console.log(`The database of the failed suite is kept: ${name}`);
      return;
    }
    await onServer(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
  });
  return database;
}

/** PostgreSQL refuses to clone a template while another clone is made. */
async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('serverUrl') });
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtext('assay.tests'))`);
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Empties the warehouse, so that the tests of a suite do not depend on each other. */
export async function emptyWarehouse({ pool }: Pick<TestDatabase, 'pool'>): Promise<void> {
  await pool.query(`
    truncate bronze.raw_events, bronze.dead_letter_queue, bronze.sightings, silver.events, gold.fact_events,
      ops.pipeline_runs, ops.pipeline_watermarks, ops.polls, ops.warehouse_origin,
      ops.source_files, ops.feed_gaps, ops.alerts, ops.alert_notices, gold.feed_coverage,
      gold.mart_event_counts, gold.mart_activity, gold.mart_subjects, ops.pending_marts restart identity;
    delete from gold.dim_actors where actor_id <> -1;
    delete from gold.dim_repos where repo_id <> -1;
    delete from gold.dim_event_types where not is_curated;
    delete from gold.dim_date where date_day not between '2010-01-01' and '2028-12-31';
  `);
}

/** Takes away the partitions of past months, so that a test begins as a new warehouse does. */
export async function dropPastMonths({ pool }: Pick<TestDatabase, 'pool'>): Promise<void> {
  await pool.query(`
    do $$
    declare
      old_partition regclass;
    begin
      for old_partition in
        select months.partition
        from unnest(array['bronze.raw_events', 'bronze.sightings', 'silver.events', 'gold.fact_events']::regclass[]) as parent
        cross join lateral ops.months_of(parent) as months
        where months.month < date_trunc('month', now() at time zone 'UTC')
      loop
        execute format('drop table %s', old_partition);
      end loop;
      truncate ops.dropped_partitions;
    end;
    $$`);
}
