import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { locateBinaries, postgresAccount } from '../../apps/shared/embedded/binaries.ts';
import { startEmbeddedServer } from '../../apps/shared/embedded/server.ts';
import { installWarehouse } from '../../apps/shared/install-warehouse.ts';
import { until, useProcesses } from '../support/spawn-process.ts';
import { useSimulators } from '../support/use-simulator.ts';

const startSimulator = useSimulators();
const start = useProcesses();
const folder = mkdtempSync(join(tmpdir(), 'assay-faults-'));
chmodSync(folder, 0o755);
const dataDir = join(folder, 'postgres');
let connectionString = '';

beforeAll(async () => {
  ({ connectionString } = await startEmbeddedServer(dataDir));
  await installWarehouse(connectionString);
});
afterAll(async () => {
  await stopServer('fast');
  rmSync(folder, { recursive: true, force: true });
});

async function stopServer(mode: 'immediate' | 'fast'): Promise<void> {
  const account = await postgresAccount();
  const { pgCtl } = await locateBinaries(account);
  execFileSync(pgCtl, ['stop', '-D', dataDir, '-m', mode, '-w'], {
    ...account,
    cwd: '/',
    stdio: 'ignore',
  });
}

async function count(sql: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return Number((await client.query({ text: sql, rowMode: 'array' })).rows[0]?.[0]);
  } finally {
    await client.end();
  }
}

test('PostgreSQL stopped in the middle and started again: both processes recover by themselves', async () => {
  // So slow that an answer lost on the way is still in the feed when it is asked for again.
  const simulator = await startSimulator({ eventsPerSecond: 5 });
  const env = {
    DATABASE_URL: connectionString,
    GITHUB_API_URL: simulator.url,
    GITHUB_TOKEN: 'x',
    POLL_INTERVAL_SECONDS: '0.3',
    TRANSFORM_SCHEDULE: '* * * * * *',
  };
  const processes = [
    start('apps/listener/main.ts', [], env),
    start('apps/transformer/main.ts', [], env),
  ];
  await until(
    async () => (await count('select count(*) from gold.fact_events')) > 100,
    'facts reach gold',
  );
  await stopServer('immediate');
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  for (const one of processes) expect(one.child.exitCode).toBeNull();
  await startEmbeddedServer(dataDir);
  const before = await count('select count(*) from gold.fact_events');
  await until(
    async () => (await count('select count(*) from gold.fact_events')) > before + 20,
    'facts reach gold again',
    40_000,
  );
  expect(await Promise.all(processes.map((one) => one.end('SIGTERM')))).toEqual([0, 0]);
  expect(await start('apps/transformer/main.ts', ['--once'], env).exited).toBe(0);
  const offered = simulator.truth().offered.total;
  expect(await count('select count(*) from bronze.raw_events')).toBe(offered);
  expect(await count('select count(*) from gold.fact_events')).toBe(offered);
}, 270_000);

test('a terminated backend is replaced', async () => {
  const simulator = await startSimulator();
  const env = {
    DATABASE_URL: connectionString,
    GITHUB_API_URL: simulator.url,
    GITHUB_TOKEN: 'x',
    POLL_INTERVAL_SECONDS: '0.3',
    TRANSFORM_SCHEDULE: '* * * * * *',
  };
  const processes = [
    start('apps/listener/main.ts', [], env),
    start('apps/transformer/main.ts', [], env),
  ];
  const polls = () =>
    count(`select count(*) from ops.polls where recorded_at > now() - interval '1 second'`);
  const runs = () => count(`select count(*) from ops.pipeline_runs where status = 'success'`);
  await until(async () => (await polls()) > 0, 'the listener polls');
  await until(async () => (await runs()) > 0, 'the transformer runs');
  await count(
    `select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name in ('assay listener', 'assay transformer')`,
  );
  const before = await runs();
  await until(async () => (await polls()) > 0, 'the listener polls again');
  await until(async () => (await runs()) > before + 1, 'the transformer runs again', 90_000);
  expect(await Promise.all(processes.map((one) => one.end('SIGTERM')))).toEqual([0, 0]);
}, 180_000);
