import pg from 'pg';
import { beforeEach, expect, test } from 'vitest';
import { createQuality } from '../../apps/transformer/quality/gate.ts';
import { transform } from '../../apps/transformer/transform.ts';
import { makeEvent, store } from '../support/events.ts';
import { silentLog } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { emptyQuality } from './support.ts';

const database = useTestDatabase();
beforeEach(async () => {
  await emptyWarehouse(database);
  await emptyQuality(database);
});

/** Transforms as the process does, with the checks. */
async function run(qualityGate = true, qualityChecksDir?: string) {
  const client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  try {
    const { signal } = new AbortController();
    const config = {
      silverBatchSize: 5000,
      lateArrivalGraceMinutes: 60,
      maxRetries: 0,
      retentionDays: { bronze: undefined, silver: undefined, gold: undefined },
    };
    const { gold } = await transform({
      client,
      config,
      logs: { layer: () => silentLog },
      signal,
      quality: createQuality(
        { qualityGate, qualityChecksDir, qualitySettings: {} },
        silentLog,
        signal,
      ),
    });
    return gold.rowsOut;
  } finally {
    await client.end();
  }
}

const runs = () =>
  database.rows(
    `select pipeline, status, rows_in::int > 20 as has_many from ops.pipeline_runs order by run_id`,
  );

test('the checks run around gold, each once', async () => {
  await store(database.pool, [makeEvent()]);
  expect(await run()).toBe(1);
  expect((await runs()).map(({ pipeline, status }) => [pipeline, status])).toEqual([
    ['maintain', 'success'],
    ['silver', 'success'],
    ['quality', 'success'],
    ['gold', 'success'],
    ['coverage', 'success'],
    ['quality', 'success'],
  ]);
  const [counts] = await database.rows(
    'select count(*)::int as results, count(distinct check_name)::int as checks from ops.quality_results',
  );
  expect(counts?.results).toBe(counts?.checks);
  expect(counts?.checks).toBeGreaterThan(40);
  expect(
    await database.value(
      `select count(*)::int from ops.quality_results where status in ('fail', 'error')`,
    ),
  ).toBe(0);
});

test('a failing check of silver holds gold back until it is mended, and says how to proceed', async () => {
  await store(database.pool, [makeEvent({ id: 'first' })]);
  await run();
  await database.pool.query(
    `insert into silver.events (event_id, event_type, event_time, ingested_at, source) values ('made-up', 'PushEvent', '2026-03-01', now(), 'nowhere')`,
  );
  for (const id of ['second', 'third']) {
    await store(database.pool, [makeEvent({ id })]);
    await expect(run()).rejects.toThrow(
      /Gold is held back: a check of what it is built from failed: silver_events_come_from_bronze \(1 row\)\..*npm run quality -- --only silver_events_come_from_bronze.*QUALITY_GATE=false/,
    );
  }
  expect(await database.value('select count(*)::int from gold.fact_events')).toBe(1);
  expect(await database.value('select count(*)::int from silver.events')).toBe(4);
  expect(
    await database.value(
      `select error ~ 'Gold is held back' from ops.pipeline_runs where pipeline = 'gold' order by run_id desc limit 1`,
    ),
  ).toBe(true);

  await database.pool.query(`delete from silver.events where event_id = 'made-up'`);
  expect(await run()).toBe(2);
});

test('with the gate off gold is loaded all the same', async () => {
  await store(database.pool, [makeEvent()]);
  await run();
  await database.pool.query(`delete from bronze.raw_events`);
  await store(database.pool, [makeEvent({ id: 'next' })]);
  expect(await run(false)).toBe(1);
});

test('warnings, errors of checks, and a folder that is gone hold nothing back', async () => {
  await store(database.pool, [makeEvent({ repo: { id: 1, name: 'no-owner' } })]);
  expect(await run()).toBe(1);
  await store(database.pool, [makeEvent({ id: 'next' })]);
  expect(await run(true, '/nowhere')).toBe(1);
});
