import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { listChecks } from '../../apps/transformer/quality/list-checks.ts';
import { resolveSettings } from '../../apps/transformer/quality/resolve-settings.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { check, emptyQuality, findingsOf } from './support.ts';

const database = useTestDatabase();
const checksDir = mkdtempSync(join(tmpdir(), 'assay-checks-'));
for (const folder of ['fail', 'warn']) mkdirSync(join(checksDir, folder));
afterAll(() => rmSync(checksDir, { recursive: true, force: true }));
beforeEach(async () => {
  await emptyWarehouse(database);
  await emptyQuality(database);
});

const HEADER = '-- One row.\n--\n-- layer: silver\n-- category: mine\n-- why: Because.\n';
const own = (name: string, sql: string, header = HEADER) => {
  writeFileSync(join(checksDir, `${name}.sql`), `${header}${sql}\n`);
  return name.split('/')[1] ?? '';
};
const runOwn = async (name: string, sql: string, settings = {}) => {
  const only = own(name, sql);
  return (await check(database, { checksDir, only: [only], settings }))[0]?.outcome;
};

describe('a check of the user', () => {
  test('runs, with its rows counted and ten of them kept in the order of its columns', async () => {
    const outcome = await runOwn(
      'warn/numbers_are_few',
      "select number as zebra, 'x' as ant from generate_series(1, 25) as number;",
    );
    expect(outcome).toMatchObject({
      status: 'warn',
      rowCount: 25,
      sampleColumns: ['zebra', 'ant'],
    });
    expect(JSON.parse(outcome?.sample ?? '')).toHaveLength(10);
    expect(
      await database.rows(
        'select check_name, status, row_count::int, jsonb_array_length(sample) as shown from ops.quality_results',
      ),
    ).toEqual([{ check_name: 'numbers_are_few', status: 'warn', row_count: 25, shown: 10 }]);
  });

  test('takes the place of ours with its name', () => {
    own('warn/bots_are_marked', 'select 1 where false');
    const found = listChecks(checksDir).checks.filter(({ name }) => name === 'bots_are_marked');
    expect(found).toMatchObject([{ severity: 'warn', category: 'mine' }]);
    rmSync(join(checksDir, 'warn', 'bots_are_marked.sql'));
  });

  test.each([
    [
      'fail/asks_for_nothing_there',
      'select * from gold.nothing',
      /relation "gold.nothing" does not exist/,
    ],
    [
      'fail/writes',
      `select * from (delete from gold.dim_actors returning 1) as gone`,
      /syntax error/,
    ],
    [
      'fail/writes_in_a_function',
      `select ops.advance_watermark('silver', now(), now(), interval '0')`,
      /read-only transaction/,
    ],
    [
      'fail/ends_the_transaction',
      'select 1) as a) select 1; commit; delete from gold.dim_date; select (select (select 1',
      /syntax error|multiple commands/,
    ],
  ])('%s is an error and changes nothing', async (name, sql, message) => {
    const outcome = await runOwn(name, sql);
    expect(outcome?.status).toBe('error');
    expect(outcome?.message).toMatch(message);
    expect(await database.value('select count(*) > 6000 from gold.dim_date')).toBe(true);
    rmSync(join(checksDir, `${name}.sql`));
  });

  test('that is slow is given up and says so; the others run', async () => {
    own('fail/sleeps', 'select pg_sleep(30)');
    const startedAt = performance.now();
    const results = await check(database, { checksDir, settings: { timeout_seconds: '0.5' } });
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(findingsOf(results)).toMatchObject({
      sleeps: expect.stringMatching(/longer than 0.5 s/),
    });
    expect(results.length).toBeGreaterThan(40);
    rmSync(join(checksDir, 'fail', 'sleeps.sql'));
  });

  test('counts no further than 100,000 and shortens long values', async () => {
    const outcome = await runOwn(
      'warn/many',
      `select repeat('long', 1000) as text, number from generate_series(1, 150000) as number`,
    );
    expect(outcome).toMatchObject({ rowCount: 100_000, isRowCountExact: false });
    expect(outcome?.sample.length).toBeLessThan(4000);
    rmSync(join(checksDir, 'warn', 'many.sql'));
  });

  test('with too little to go by is skipped, and says why', async () => {
    expect(
      await runOwn('warn/waits', `select null as x, 'two weeks are too few' as skipped_because`),
    ).toMatchObject({
      status: 'skipped',
      message: 'two weeks are too few',
      rowCount: 0,
    });
  });

  test('without a header is named with all it lacks, and the rest runs', async () => {
    own('warn/has_no_header', 'select 1', '-- layer: nowhere\n');
    const results = await check(database, { checksDir });
    expect(findingsOf(results).has_no_header).toMatch(
      /first line does not say what a row is.*"-- layer: …" with ops, bronze, silver, gold.*"-- category: …".*"-- why: …"/,
    );
    rmSync(join(checksDir, 'warn', 'has_no_header.sql'));
  });

  test('a folder that holds no checks is refused', () => {
    expect(() => listChecks('/nowhere')).toThrow(
      /QUALITY_CHECKS_DIR is "\/nowhere"; there must be a folder "fail" or "warn" in it/,
    );
  });
});

describe('settings', () => {
  const { checks } = listChecks(undefined);
  test('have the defaults their checks declare, and what is given instead', () => {
    expect(resolveSettings(checks, {}).get('max_null_percent')).toBe('2');
    expect(resolveSettings(checks, { max_null_percent: '7.5' }).get('max_null_percent')).toBe(
      '7.5',
    );
  });
  test('all faults are told at once', () => {
    const resolve = () => resolveSettings(checks, { max_nul_percent: '5', min_rows: 'many' });
    expect(resolve).toThrow(/max_nul_percent is no setting; there are .*max_null_percent/);
    expect(resolve).toThrow(/min_rows must be a number of 0 or more, such as 200; found "many"/);
  });
  test('two checks that share one have to agree on its default', () => {
    const one = { name: 'one', settings: [{ name: 'limit', value: '1', meaning: '' }] };
    const two = { name: 'two', settings: [{ name: 'limit', value: '2', meaning: '' }] };
    expect(() => resolveSettings([one, two], {})).toThrow(/limit is 1 in one and 2 in two/);
  });
  test('reach the check', async () => {
    const only = own(
      'warn/has_a_limit',
      `select number from generate_series(1, 9) as number where number > current_setting('assay.limit')::integer`,
      `${HEADER}-- setting: limit = 5  The most.\n`,
    );
    const run = async (settings: Record<string, string>) =>
      (await check(database, { checksDir, only: [only], settings }))[0]?.outcome.rowCount;
    expect([await run({}), await run({ limit: '8' })]).toEqual([4, 1]);
    rmSync(join(checksDir, 'warn', 'has_a_limit.sql'));
  });
});

describe('what a check looks at', () => {
  const looked = async (name: string, options = {}) =>
    (await check(database, { only: [name], ...options }))[0];

  test('goes on where it ended; --full is everything', async () => {
    await store(database.pool, [makeEvent({ repo: { id: 1, name: 'no-owner' } })]);
    await runTransform(database.connectionString);
    const name = 'repository_names_are_owner_and_project';
    expect((await looked(name))?.outcome).toMatchObject({ status: 'warn', rowCount: 1 });
    expect((await looked(name))?.outcome.status).toBe('pass');
    expect((await looked(name, { isFull: true }))?.outcome.status).toBe('warn');
    expect((await looked(name))?.outcome.status).toBe('pass');
  });

  test('one of severity fail that failed begins again where it began, until it passes', async () => {
    await store(database.pool, [makeEvent()]);
    await runTransform(database.connectionString);
    await database.pool.query('update gold.fact_events set event_hour = 23');
    const name = 'fact_days_and_hours_are_those_of_the_event';
    for (let run = 0; run < 3; run++) {
      await store(database.pool, [makeEvent({ id: `later-${run}` })]);
      await runTransform(database.connectionString);
      expect((await looked(name))?.outcome).toMatchObject({ status: 'fail', rowCount: 1 });
    }
    await database.pool.query('update gold.fact_events set event_hour = 12');
    expect((await looked(name))?.outcome.status).toBe('pass');
  });

  test('rows in flight are no defect: a row committed late, and one not transformed yet', async () => {
    await store(database.pool, [makeEvent({ id: 'early' })]);
    const late = await database.pool.connect();
    try {
      await late.query('begin');
      await late.query(
        `insert into bronze.raw_events (event_id, event_type, created_at, source, payload) values ('late', 'PushEvent', '2026-03-01', 'api:orgs/late', '{}')`,
      );
      await store(database.pool, [makeEvent({ id: 'after' })]);
      await runTransform(database.connectionString);
      await late.query('commit');
      await store(database.pool, [makeEvent({ id: 'waiting' })]);
      const findings = findingsOf(await check(database, { isFull: true }));
      expect(Object.values(findings)).not.toContain('fail');
    } finally {
      late.release();
    }
  });

  test('a month that retention dropped from bronze is not missed in silver', async () => {
    await store(database.pool, [
      makeEvent({ id: 'old', created_at: '2025-03-01T00:00:00Z' }),
      makeEvent({ id: 'new' }),
    ]);
    await runTransform(database.connectionString);
    await database.pool.query(`
      insert into ops.dropped_partitions (table_name, month, row_count, size_bytes, retention_days) values ('bronze.raw_events', '2025-03-01', 1, 1, 1);
      delete from bronze.raw_events`);
    const result = await looked('silver_events_come_from_bronze', { isFull: true });
    expect(result?.outcome).toMatchObject({ status: 'fail', rowCount: 1 });
    expect(result?.outcome.sample).toContain('"new"');
    await database.pool.query('truncate ops.dropped_partitions');
  });
});

test('old results and profiles are deleted, but for the latest of each check', async () => {
  const only = own('warn/was_once', 'select 1 where false');
  for (const checkedAt of ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-03-05T00:00:00Z'])
    await check(database, { checksDir, only: [only], checkedAt });
  await database.pool.query(`select ops.profile_columns(10, '2026-01-01')`);
  await database.pool.query(`select ops.prune_quality('2026-03-06', interval '30 days')`);
  expect(await database.value('select count(*)::int from ops.quality_results')).toBe(1);
  await database.pool.query(`select ops.prune_quality('2027-03-06', interval '30 days')`);
  expect(await database.value('select count(*)::int from ops.quality_results')).toBe(1);
  expect(await database.value('select count(*)::int from ops.column_profiles')).toBe(0);
});

test('a profile tells nulls, distinct values, smallest, largest and mean', async () => {
  await store(database.pool, [
    makeEvent({ id: '1', actor: { id: 3, login: 'ada' } }),
    makeEvent({ id: '2', actor: { id: 20, login: 'eve[bot]' }, org: { id: 1, login: 'engines' } }),
  ]);
  await runTransform(database.connectionString);
  await database.pool.query('select ops.profile_columns(100, now())');
  const profile = (table: string, column: string) =>
    database.rows(
      'select sampled_count::int, null_count::int, distinct_count::int, min_value, max_value, mean_value from ops.column_profiles where table_name = $1 and column_name = $2',
      [table, column],
    );
  expect(await profile('gold.fact_events', 'actor_id')).toEqual([
    {
      sampled_count: 2,
      null_count: 0,
      distinct_count: 2,
      min_value: '3',
      max_value: '20',
      mean_value: 11.5,
    },
  ]);
  expect(await profile('silver.events', 'org_login')).toEqual([
    {
      sampled_count: 2,
      null_count: 1,
      distinct_count: 1,
      min_value: 'engines',
      max_value: 'engines',
      mean_value: null,
    },
  ]);
  expect(await profile('silver.events', 'is_bot')).toMatchObject([{ mean_value: 0.5 }]);
});
