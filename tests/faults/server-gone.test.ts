import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { createPool } from '../../apps/shared/database.ts';
import { codeOf } from '../../apps/shared/errors.ts';
import { installWarehouse } from '../../apps/shared/install-warehouse.ts';
import { auditDemo, findFaults } from '../../scripts/demo/audit.ts';
import { until, useProcesses } from '../support/spawn-process.ts';
import { useSimulators } from '../support/use-simulator.ts';
import { isLongForm } from './form.ts';
import { startOwnServer } from './schedule/start-server.ts';

const startSimulator = useSimulators();
const start = useProcesses();
const folder = mkdtempSync(join(tmpdir(), 'assay-gone-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A warehouse at work on a server of its own, and what tells whether all that was offered is in it. */
async function startWork(dataDir: string) {
  const server = await startOwnServer(dataDir);
  await installWarehouse(server.connectionString);
  const pool = createPool({ connectionString: server.connectionString, applicationName: 'tests' });
  // So slow that the feed still shows what came while the server was away.
  let stillAt: number | undefined;
  const simulator = await startSimulator({
    eventsPerSecond: 2,
    badRowRate: 0.1,
    now: () => stillAt ?? Date.now(),
  });
  const env = {
    DATABASE_URL: server.connectionString,
    GITHUB_API_URL: simulator.url,
    GITHUB_TOKEN: 'x',
    POLL_INTERVAL_SECONDS: '0.3',
    TRANSFORM_SCHEDULE: '* * * * * *',
  };
  const processes = ['listener', 'transformer'].map((app) => start(`apps/${app}/main.ts`, [], env));
  const faults = async () => findFaults(await auditDemo(pool, simulator));
  await until(async () => (await faults()).length === 0, 'all is in gold', 120_000);
  return {
    server,
    simulator,
    processes,
    /** Milliseconds until everything is right again; GitHub shows nothing new meanwhile. */
    recover: async () => {
      const startedAt = Date.now();
      stillAt = startedAt;
      await until(async () => (await faults()).length === 0, 'all is in gold again', 270_000);
      stillAt = undefined;
      return Date.now() - startedAt;
    },
    stop: async () => {
      for (const one of processes) await one.end('SIGTERM');
      await pool.end();
      await server.stop('fast');
    },
  };
}

test.skipIf(!isLongForm)(
  'PostgreSQL is down for a minute: both processes wait for it, and nothing that GitHub still shows is missing',
  { timeout: 720_000 },
  async () => {
    const { server, processes, recover, stop } = await startWork(join(folder, 'minute'));
    await server.stop('immediate');
    await sleep(60_000);
    for (const one of processes) expect(one.child.exitCode, one.output()).toBeNull();
    await server.start();
    // Their pauses have grown to half a minute by then.
    expect(await recover()).toBeLessThan(90_000);
    await stop();
  },
);

/** Mounts a small file system in memory. @returns why not, when it cannot be done. */
function mountSmallDisk(path: string): string | undefined {
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300m,mode=755', 'tmpfs', path], {
      stdio: 'pipe',
    });
    return undefined;
  } catch {
    return 'no file system may be mounted here: it takes root';
  }
}

/** Writes until nothing more goes onto the disk, whoever writes there besides. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  const piece = Buffer.alloc(1024 * 1024);
  try {
    for (;;) writeSync(file, piece);
  } catch (error) {
    if (codeOf(error) !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}

describe('a full disk', () => {
  const disk = join(folder, 'disk');
  const whyNot = isLongForm ? mountSmallDisk(disk) : 'in the long form only';
  afterAll(() => {
    if (whyNot === undefined) execFileSync('umount', ['-l', disk]);
  });

  test.skipIf(whyNot !== undefined)(
    `costs no row: what was offered comes in once there is room${whyNot === undefined ? '' : ` (${whyNot})`}`,
    { timeout: 720_000 },
    async () => {
      const { server, simulator, processes, recover, stop } = await startWork(
        join(disk, 'postgres'),
      );
      const ballast = join(disk, 'ballast');
      fill(ballast);
      const before = simulator.truth().offered.total;
      const isFull = () =>
        processes.some((one) =>
          /No space left on device|in recovery mode|terminated|ECONNREFUSED/.test(one.output()),
        );
      await until(isFull, 'somebody meets the full disk', 180_000);
      await sleep(3_000);
      for (const one of processes) expect(one.child.exitCode, one.output()).toBeNull();
      rmSync(ballast);
      // Without room for its log PostgreSQL may have ended.
      await server.start();
      await until(() => simulator.truth().offered.total > before, 'GitHub is asked again', 180_000);
      expect(await recover()).toBeLessThan(90_000);
      await stop();
    },
  );
});
