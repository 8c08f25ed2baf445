import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { auditDemo, findFaults } from '../../scripts/demo/audit.ts';
import { until, useProcesses } from '../support/spawn-process.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { useSimulators } from '../support/use-simulator.ts';

const database = useTestDatabase();
const startSimulator = useSimulators();
const start = useProcesses();
beforeEach(() => emptyWarehouse(database));

const LISTENER = 'apps/listener/main.ts';
const TRANSFORMER = 'apps/transformer/main.ts';

function environment(apiUrl = 'http://127.0.0.1:1'): Record<string, string> {
  return {
    DATABASE_URL: database.connectionString,
    GITHUB_API_URL: apiUrl,
    GITHUB_TOKEN: 'planted-token',
    POLL_INTERVAL_SECONDS: '0.3',
    TRANSFORM_SCHEDULE: '* * * * * *',
    SILVER_BATCH_SIZE: '100',
  };
}

const facts = async () => Number(await database.value('select count(*) from gold.fact_events'));

describe('the two processes', () => {
  test('bring what GitHub offers to gold, and stop cleanly when asked', async () => {
    const simulator = await startSimulator({ badRowRate: 0.05 });
    const env = environment(simulator.url);
    const processes = [start(LISTENER, [], env), start(TRANSFORMER, [], env)];
    await until(async () => (await facts()) > 200, 'facts reach gold');
    const asked = Date.now();
    expect(await Promise.all(processes.map((one) => one.end('SIGTERM')))).toEqual([0, 0]);
    expect(Date.now() - asked).toBeLessThan(10_000);
    expect(await start(TRANSFORMER, ['--once'], env).exited).toBe(0);
    expect(findFaults(await auditDemo(database.pool, simulator))).toEqual([]);
    for (const one of processes) expect(one.output()).not.toContain('planted-token');
  });

  test('killed at any moment, five times each, they leave every count right after the next run', async () => {
    const simulator = await startSimulator({ badRowRate: 0.05, eventsPerSecond: 0.01 });
    const env = environment(simulator.url);
    for (let round = 0; round < 5; round++) {
      const processes = [start(LISTENER, [], env), start(TRANSFORMER, [], env)];
      await until(
        () => processes.every((one) => /listening to|transforming/.test(one.output())),
        'both are at work',
      );
      await sleep(Math.random() * 1_500);
      await Promise.all(processes.map((one) => one.end('SIGKILL')));
    }
    expect(await start(LISTENER, ['--once'], env).exited).toBe(0);
    expect(await start(TRANSFORMER, ['--once'], env).exited).toBe(0);
    // The feed all but stands still: what a killed listener had fetched is in it, however slow this machine is.
    expect(findFaults(await auditDemo(database.pool, simulator))).toEqual([]);
    expect(await facts()).toBeGreaterThan(100);
    expect(
      await database.rows(
        `select status, count(*)::int > 0 as some from ops.pipeline_runs where status = 'running' group by status`,
      ),
    ).toEqual([]);
  });
});

describe('one transformer at a time', () => {
  test('a second one says so and leaves; a request for a run is passed on to the first', async () => {
    const env = { ...environment(), TRANSFORM_SCHEDULE: '0 0 1 1 *' };
    const first = start(TRANSFORMER, [], env);
    await until(() => first.output().includes('transformed'), 'the first has run');
    const second = start(TRANSFORMER, ['--once'], env);
    expect(await second.exited).toBe(0);
    expect(second.output()).toContain('another transformer works on this warehouse');
    await until(() => first.output().split('"transformed').length > 2, 'the first has run again');
    expect(await start(TRANSFORMER, [], env).exited).toBe(1);
  });

  test('four at once: each event becomes one fact', async () => {
    await database.pool.query(
      `insert into bronze.raw_events (event_id, event_type, created_at, source, payload)
       select n::text, 'PushEvent', '2026-03-01T12:00:00Z', 'api:public', '{}' from generate_series(1, 5000) as n`,
    );
    const codes = await Promise.all(
      Array.from({ length: 4 }, () => start(TRANSFORMER, ['--once'], environment()).exited),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(await facts()).toBe(5000);
  });
});

describe('what a person gets wrong', () => {
  test('a database without a warehouse is answered with the command that makes one', async () => {
    const url = new URL(database.connectionString);
    url.pathname = '/postgres';
    const listener = start(LISTENER, [], { ...environment(), DATABASE_URL: url.href });
    expect(await listener.exited).toBe(1);
    expect(listener.output()).toContain('npm run setup-db');
  });

  test('a bad schedule, a bad option and a bad variable are told before any work', async () => {
    const bad = start(TRANSFORMER, [], { ...environment(), TRANSFORM_SCHEDULE: 'every day' });
    expect(await bad.exited).toBe(1);
    expect(bad.output()).toContain('TRANSFORM_SCHEDULE is "every day"; it must be a cron');
    const option = start(LISTENER, ['--twice'], environment());
    expect(await option.exited).toBe(1);
    expect(option.output()).toContain('Usage: npm run listener');
    const variable = start(LISTENER, [], { ...environment(), POLL_INTERVAL_SECONDS: 'often' });
    expect(await variable.exited).toBe(1);
    expect(variable.output()).toContain('POLL_INTERVAL_SECONDS must be a number');
  });

  test.each([
    LISTENER,
    TRANSFORMER,
    'apps/api/main.ts',
    'scripts/setup-db.ts',
    'scripts/start.ts',
    'scripts/demo.ts',
  ])('%s --help', async (file) => {
    const help = start(file, ['--help']);
    expect(await help.exited).toBe(0);
    expect(help.output()).toMatch(/^Usage: npm /);
  });
});
