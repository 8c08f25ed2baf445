import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createPool, type Pool } from '../../../apps/shared/database.ts';
import { installWarehouse } from '../../../apps/shared/install-warehouse.ts';
import { createSimulator } from '../../../apps/simulator/create-simulator.ts';
import type { Random } from '../../../apps/simulator/random.ts';
import type { Identity, Simulator } from '../../../apps/simulator/simulator-types.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import type { SpawnedProcess, useProcesses } from '../../support/spawn-process.ts';
import { type KeptProcess, keepProcess } from './keep-process.ts';
import { createFileMaker, type MadeFile } from './make-files.ts';
import { type OwnServer, startOwnServer } from './start-server.ts';

/** A warehouse at work, with a simulated GitHub before it and a proxy between it and its database. */
export interface World {
  server: OwnServer;
  proxy: FaultProxy;
  /** To the database itself, past the proxy. */
  pool: Pool;
  simulator: Simulator;
  listener: KeptProcess;
  transformer: KeptProcess;
  /** Runs a script against the warehouse, by way of the proxy. */
  run: (file: string, args?: string[], env?: Record<string, string>) => SpawnedProcess;
  makeFile: (random: Random) => MadeFile;
  /** Files that a backfill has begun and not yet finished. */
  unfinished: Set<MadeFile>;
  /** What is in the warehouse besides what GitHub offered. */
  known: { events: Identity[]; refused: Buffer[] };
  /** Stands still while `clock.freeze` holds: GitHub shows nothing new then. */
  clock: { freeze: () => void; thaw: () => void };
  /** Has work go on behind the rounds. */
  inBackground: (work: Promise<unknown>) => void;
  /** Waits for such work. @throws what it threw. */
  backgroundEnds: () => Promise<void>;
  /** What must be in no log. */
  secrets: string[];
  logDir: string;
  /** All that was started, for what it printed. */
  processes: SpawnedProcess[];
  stop: () => Promise<void>;
}

const LISTENER = 'apps/listener/main.ts';
const TRANSFORMER = 'apps/transformer/main.ts';

/** Starts all of it. What GitHub shows stays in its feed for a minute and a half, longer than any fault lasts. */
export async function startWorld(
  folder: string,
  seed: number,
  start: ReturnType<typeof useProcesses>,
): Promise<World> {
  const server = await startOwnServer(join(folder, 'postgres'));
  await installWarehouse(server.connectionString);
  const proxy = await startFaultProxy(server.connectionString);
  const pool = createPool({
    connectionString: server.connectionString,
    applicationName: 'auditor',
    max: 6,
  });

  const background = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let frozenAt: number | undefined;
  let lost = 0;
  const simulator = createSimulator({
    seed,
    eventsPerSecond: 3,
    badRowRate: 0.1,
    pollIntervalSeconds: 0,
    rateLimit: 1_000_000_000,
    historyHours: 1,
    now: () => (frozenAt ?? Date.now()) - lost,
  });
  await simulator.start();

  const logDir = join(folder, 'logs');
  const files = join(folder, 'files');
  mkdirSync(files);
  const token = `planted-${randomBytes(12).toString('hex')}`;
  const env = {
    DATABASE_URL: proxy.connectionString,
    GITHUB_API_URL: simulator.url,
    GITHUB_ARCHIVE_URL: simulator.url,
    GITHUB_TOKEN: token,
    POLL_INTERVAL_SECONDS: '0.2',
    TRANSFORM_SCHEDULE: '* * * * * *',
    SILVER_BATCH_SIZE: '20',
    LATE_ARRIVAL_GRACE_MINUTES: '1',
    MAX_RETRIES: '2',
    LOG_DIR: logDir,
  };
  const processes: SpawnedProcess[] = [];
  const keep = (file: string) => keepProcess(start, file, env, (one) => void processes.push(one));
  const [listener, transformer] = [keep(LISTENER), keep(TRANSFORMER)];

  return {
    server,
    proxy,
    pool,
    simulator,
    listener,
    transformer,
    run: (file, args = [], further = {}) => {
      const one = start(file, args, { ...env, ...further });
      processes.push(one);
      return one;
    },
    makeFile: createFileMaker(files),
    unfinished: new Set(),
    known: { events: [], refused: [] },
    clock: {
      freeze: () => {
        frozenAt ??= Date.now();
      },
      thaw: () => {
        if (frozenAt !== undefined) lost += Date.now() - frozenAt;
        frozenAt = undefined;
      },
    },
    inBackground: (work) => {
      const watched = work.then(
        () => {},
        (error: unknown) => void failures.push(error),
      );
      background.add(watched);
      void watched.finally(() => background.delete(watched));
    },
    backgroundEnds: async () => {
      await Promise.all(background);
      if (failures.length > 0) throw failures[0];
    },
    secrets: [token, new URL(server.connectionString).password],
    logDir,
    processes,
    stop: async () => {
      await Promise.all([listener.stop(), transformer.stop()]);
      await pool.end();
      await proxy.stop();
      await simulator.stop();
      await server.stop('fast');
    },
  };
}
