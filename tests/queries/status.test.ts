import { beforeEach, describe, expect, test } from 'vitest';
import { openSession } from '../../apps/transformer/session.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform, silentLog } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { pick, runQuery, ZONES } from './run-query.ts';

const database = useTestDatabase();
beforeEach(() => emptyWarehouse(database));

const WALK = (number: number) => `00000000-0000-0000-0000-00000000000${number}`;

describe.each(ZONES)('in a session in %s', (zone) => {
  const query = (name: string, before?: string) =>
    runQuery(database, `status/${name}`, zone, before);

  describe('feeds', () => {
    const poll = (
      walk: number,
      feed: string,
      page: number,
      secondsAgo: number,
      outcome: string,
      counts: { fetched?: number; inserted?: number; overlap?: number | null; quota?: number },
    ) => {
      const { fetched = 0, inserted = fetched, overlap = null, quota = null } = counts;
      return `(gen_random_uuid(), '${WALK(walk)}', '${feed}', ${page}, now() - interval '${secondsAgo} seconds', 1,
        '${outcome}', ${fetched}, ${inserted}, ${fetched - inserted}, ${overlap}, ${quota}, ${quota === null ? null : 60})`;
    };
    const insert = (...polls: string[]) =>
      `insert into ops.polls (poll_id, walk_id, feed, page, polled_at, duration_ms, outcome, fetched, inserted, duplicates,
         overlap, quota_remaining, quota_limit) values ${polls.join(', ')}`;

    test('are none before the first poll', async () => {
      expect(await query('feeds')).toEqual([]);
    });

    test('show their last walk with all its pages', async () => {
      const rows = await query(
        'feeds',
        insert(
          poll(1, 'public', 1, 100, 'events', { fetched: 100, inserted: 100, overlap: 0 }),
          poll(2, 'public', 1, 40, 'events', {
            fetched: 100,
            inserted: 70,
            overlap: 30,
            quota: 50,
          }),
          poll(2, 'public', 2, 39, 'events', {
            fetched: 100,
            inserted: 0,
            overlap: 100,
            quota: 49,
          }),
          poll(2, 'public', 3, 38, 'failed', {}),
          poll(3, 'orgs/x', 1, 500, 'not-modified', {}),
        ),
      );
      expect(
        pick(rows, 'feed', 'age_seconds', 'outcome', 'fetched', 'inserted', 'duplicates'),
      ).toEqual([
        {
          feed: 'orgs/x',
          age_seconds: 500,
          outcome: 'not-modified',
          fetched: 0,
          inserted: 0,
          duplicates: 0,
        },
        {
          feed: 'public',
          age_seconds: 38,
          outcome: 'failed',
          fetched: 200,
          inserted: 70,
          duplicates: 130,
        },
      ]);
      // The failed request brought no word of the quota; the one before it did.
      expect(pick(rows, 'quota_remaining', 'quota_limit')[1]).toEqual({
        quota_remaining: 49,
        quota_limit: 60,
      });
    });

    test('count the walks of 24 hours that brought items, and how many of them overlapped', async () => {
      const rows = await query(
        'feeds',
        insert(
          // The first walk meets nothing known; one page of the second does; the third has an unchanged page.
          poll(1, 'public', 1, 4000, 'events', { fetched: 100, overlap: 0 }),
          poll(2, 'public', 1, 3000, 'events', { fetched: 100, overlap: 0 }),
          poll(2, 'public', 2, 2999, 'events', { fetched: 100, overlap: 7 }),
          poll(3, 'public', 1, 2000, 'events', { fetched: 100, overlap: 0 }),
          poll(3, 'public', 2, 1999, 'not-modified', {}),
          // Brings nothing, proves nothing.
          poll(4, 'public', 1, 1000, 'not-modified', {}),
          poll(5, 'public', 1, 900, 'rate-limited', {}),
          // A day and a second ago.
          poll(6, 'public', 1, 86_401, 'events', { fetched: 100, overlap: 0 }),
          poll(7, 'users/y', 1, 90_000, 'events', { fetched: 5, overlap: 0 }),
        ),
      );
      expect(
        pick(rows, 'feed', 'walks_24h', 'overlapped_walks_24h', 'overlapped_percent_24h'),
      ).toEqual([
        { feed: 'users/y', walks_24h: 0, overlapped_walks_24h: 0, overlapped_percent_24h: null },
        { feed: 'public', walks_24h: 3, overlapped_walks_24h: 2, overlapped_percent_24h: 66.7 },
      ]);
    });
  });

  test('last-runs and failed-runs', async () => {
    const before = `insert into ops.pipeline_runs (pipeline, status, started_at, duration_ms, rows_out, error) values
      ('quality', 'success', now() - interval '2 seconds', 20, 5, null),
      ('maintain', 'failed', now() - interval '310 seconds', 20, null, 'locked'),
      ('silver', 'success', now() - interval '300 seconds', 20, 5, null),
      ('silver', 'failed', now() - interval '200 seconds', 10, null, 'no room'),
      ('gold', 'running', now() - interval '3 seconds', null, null, null),
      ('gold', 'failed', now() - interval '24 hours 1 second', 10, null, 'long ago'),
      ('gold', 'failed', now() - interval '23 hours 59 minutes', 10, null, 'a day ago')`;
    expect(
      pick(await query('last-runs', before), 'pipeline', 'status', 'age_seconds', 'duration_ms'),
    ).toEqual([
      { pipeline: 'maintain', status: 'failed', age_seconds: 310, duration_ms: 20 },
      { pipeline: 'silver', status: 'failed', age_seconds: 200, duration_ms: 10 },
      { pipeline: 'gold', status: 'running', age_seconds: 3, duration_ms: null },
      { pipeline: 'quality', status: 'success', age_seconds: 2, duration_ms: 20 },
    ]);
    expect(pick(await query('failed-runs', before), 'pipeline', 'error')).toEqual([
      { pipeline: 'silver', error: 'no room' },
      { pipeline: 'maintain', error: 'locked' },
      { pipeline: 'gold', error: 'a day ago' },
    ]);
  });

  test('quality counts the latest result of each check, and forgets checks that were removed', async () => {
    const result = (name: string, hoursAgo: number, status: string) =>
      `(1, '${name}', 'fail', '${status}', ${status === 'error' ? 'null' : 0}, 1, now(), now(), now() - interval '${hoursAgo} hours')`;
    const [row] = await query(
      'quality',
      `insert into ops.quality_results (run_id, check_name, severity, status, row_count, duration_ms, checked_since, checked_until, checked_at)
       values ${[
         result('mended', 2, 'fail'),
         result('mended', 1, 'pass'),
         result('broken', 2, 'pass'),
         result('broken', 1, 'fail'),
         result('odd', 1, 'warn'),
         result('early', 3, 'skipped'),
         result('unreadable', 1, 'error'),
         result('removed', 60, 'fail'),
       ].join(', ')}`,
    );
    expect(row).toMatchObject({
      check_count: 5,
      passed_count: 1,
      skipped_count: 1,
      failed: ['broken'],
      not_run: ['unreadable'],
      warned: ['odd'],
    });
    expect(await query('quality')).toMatchObject([{ checked_at: null, check_count: 0 }]);
  });

  test('alerts are those that stand', async () => {
    const rows = await query(
      'alerts',
      `insert into ops.alerts (condition, subject, severity, detail, since, is_news, recovered_at) values
         ('dead_letters_grow', 'dead letters', 'warn', '', now() - interval '9 hours', false, null),
         ('gold_is_stale', 'gold', 'fail', '', now() - interval '100 seconds', false, null),
         ('run_failed', 'silver', 'fail', '', now() - interval '200 seconds', false, now()),
         ('payload_drift', 'PushEvent', 'warn', '', now(), true, null)`,
    );
    expect(pick(rows, 'condition', 'severity', 'age_seconds')).toEqual([
      { condition: 'gold_is_stale', severity: 'fail', age_seconds: 100 },
      { condition: 'dead_letters_grow', severity: 'warn', age_seconds: 32_400 },
    ]);
  });

  test('row-counts counts small tables and estimates large ones', async () => {
    await store(database.pool, [makeEvent({ id: '1' }), makeEvent({ id: '2' })]);
    await runTransform(database.connectionString);
    const rows = await query(
      'row-counts',
      `set local allow_system_table_mods = on;
       update pg_class set reltuples = 1234567 where oid = 'months.bronze_raw_events_other'::regclass`,
    );
    expect(pick(rows, 'table_name', 'row_count', 'is_estimate')).toEqual([
      { table_name: 'bronze.raw_events', row_count: expect.any(Number), is_estimate: true },
      { table_name: 'bronze.sightings', row_count: 0, is_estimate: false },
      { table_name: 'gold.dim_actors', row_count: 2, is_estimate: false },
      { table_name: 'gold.dim_repos', row_count: 2, is_estimate: false },
      { table_name: 'gold.fact_events', row_count: 2, is_estimate: false },
      { table_name: 'silver.events', row_count: 2, is_estimate: false },
    ]);
    expect(rows[0]?.row_count).toBeGreaterThanOrEqual(1234567);
    expect(rows.every((row) => Number(row.size_bytes) > 0)).toBe(true);
    expect(rows.map((row) => Number(row.month_count) > 2)).toEqual([
      true,
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  test('transformer shows the session that holds the lock, and only that', async () => {
    const another = `select pg_advisory_xact_lock(hashtext('assay.something'))`;
    expect(await query('transformer', another)).toEqual([]);
    const opened = await openSession(
      database.connectionString,
      silentLog,
      () => {},
      false,
      new AbortController().signal,
    );
    if (opened.kind === 'busy') throw new Error(opened.holder);
    const pid = (await opened.session.client.query('select pg_backend_pid() as pid')).rows[0].pid;
    expect(pick(await query('transformer'), 'pid', 'is_working')).toEqual([
      { pid, is_working: false },
    ]);
    await opened.session.close();
  });

  test('server tells what feeds the warehouse, also when nothing does yet', async () => {
    expect(pick(await query('server'), 'origin', 'has_citus')).toEqual([
      { origin: null, has_citus: false },
    ]);
    const claimed = await query(
      'server',
      `insert into ops.warehouse_origin (origin, claimed_at) values ('github', '2026-03-01 00:00Z')`,
    );
    expect(pick(claimed, 'origin', 'origin_claimed_at')).toEqual([
      { origin: 'github', origin_claimed_at: '2026-03-01T00:00:00Z' },
    ]);
  });

  test('database-size is that of the database', async () => {
    const [row] = await query('database-size');
    expect(row?.database_bytes).toBeGreaterThan(1_000_000);
  });

  test('database-size-citus asks the extension for distributed tables and the catalog for the others', async () => {
    // Stands for Citus, where bronze alone is distributed and its workers hold ten terabytes.
    const citus = `
      create table public.pg_dist_partition as select 'bronze.raw_events'::regclass as logicalrelid;
      create function public.citus_total_relation_size(regclass) returns bigint language sql as 'select 10000000000000';`;
    const [row] = await query('database-size-citus', citus);
    expect(row?.database_bytes).toBeGreaterThan(10_000_000_000_000);
    expect(row?.database_bytes).toBeLessThan(10_000_100_000_000);
  });
});
