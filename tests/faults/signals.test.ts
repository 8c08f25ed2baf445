import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until, useProcesses } from '../support/spawn-process.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { useSimulators } from '../support/use-simulator.ts';
import { casesOf, isLongForm } from './form.ts';

const database = useTestDatabase();
const startSimulator = useSimulators();
const start = useProcesses();
let blocker: pg.Client;
beforeEach(async () => {
  await emptyWarehouse(database);
  blocker = new pg.Client({ connectionString: database.connectionString });
  await blocker.connect();
  await blocker.query('begin');
});
afterEach(() => blocker.end());

const isWaiting = async () =>
  (await database.value(
    `select exists (select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database())`,
  )) === true;

/** Brings a process to where it waits for a lock in the middle of its transaction. */
async function holdUp(table: string, file: string, apiUrl = 'http://127.0.0.1:1') {
  await blocker.query(`lock table ${table} in access exclusive mode`);
  const process = start(file, [], {
    DATABASE_URL: database.connectionString,
    GITHUB_API_URL: apiUrl,
    GITHUB_TOKEN: 'x',
    TRANSFORM_SCHEDULE: '0 0 1 1 *',
  });
  await until(isWaiting, 'it waits in the middle of a load');
  return process;
}

async function insertEvents(): Promise<void> {
  await database.pool.query(
    `insert into bronze.raw_events (event_id, event_type, created_at, source, payload)
     select n::text, 'PushEvent', '2026-03-01T12:00:00Z', 'api:public', '{}' from generate_series(1, 500) as n`,
  );
}

describe('SIGTERM in the middle of a load that does not end', () => {
  test('the transformer rolls back, ends by itself with 0, and the next run does all of it', async () => {
    await insertEvents();
    const transformer = await holdUp('gold.dim_actors', 'apps/transformer/main.ts');
    const askedAt = Date.now();
    expect(await transformer.end('SIGTERM'), transformer.output()).toBe(0);
    expect(Date.now() - askedAt).toBeLessThan(10_000);
    await blocker.query('rollback');
    expect(await database.value('select count(*)::int from silver.events')).toBe(500);
    expect(await database.value('select count(*)::int from gold.fact_events')).toBe(0);
    const next = start('apps/transformer/main.ts', ['--once'], {
      DATABASE_URL: database.connectionString,
    });
    expect(await next.exited, next.output()).toBe(0);
    expect(await database.value('select count(*)::int from gold.fact_events')).toBe(500);
  });

  test.skipIf(!isLongForm)(
    'the listener ends within ten seconds, and what it could not store was stored by nobody',
    async () => {
      const simulator = await startSimulator();
      const listener = await holdUp('ops.polls', 'apps/listener/main.ts', simulator.url);
      const askedAt = Date.now();
      await listener.end('SIGTERM');
      expect(Date.now() - askedAt).toBeLessThan(10_000);
      await blocker.query('rollback');
      expect(
        await database.value(
          `select (select count(*) from bronze.raw_events) = (select coalesce(sum(inserted), 0) from ops.polls)`,
        ),
      ).toBe(true);
    },
  );
});

test.each(
  casesOf<[string, string]>(
    [['gold.dim_actors', 'apps/transformer/main.ts']],
    [['ops.polls', 'apps/listener/main.ts']],
  ),
)('a second SIGTERM ends it at once, with 143 (waiting for %s)', async (table, file) => {
  await insertEvents();
  const simulator = await startSimulator();
  const process = await holdUp(table, file, simulator.url);
  process.child.kill('SIGTERM');
  await until(() => process.output().includes('stopping: SIGTERM'), 'it has heard the first');
  const askedAt = Date.now();
  expect(await process.end('SIGTERM')).toBe(143);
  expect(Date.now() - askedAt).toBeLessThan(3_000);
  await blocker.query('rollback');
  await until(async () => !(await isWaiting()), 'the server has let go');
  expect(await database.value('select count(*)::int from gold.fact_events')).toBe(0);
});
