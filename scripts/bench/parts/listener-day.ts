import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatBytes } from '../../../apps/shared/report/quantities.ts';
import { LISTENER_NODE_OPTIONS } from '../../../apps/shared/warehouse-processes.ts';
import { createSimulator } from '../../../apps/simulator/create-simulator.ts';
import type { Bench, Part, Verdict } from '../bench-types.ts';
import { compileProject } from '../compile-project.ts';
import { expectRows, figure, median } from '../measure.ts';
import { readResidentBytes } from '../resident-memory.ts';

const MOST_MEMORY = 120e6;
/** A last quarter above the first by more than this is no flat line. */
const MOST_GROWTH = 1.1;
const POLL_INTERVAL_SECONDS = 0.05;
/** Enough that every walk finds mostly new events, as of the real feed. */
const EVENTS_PER_SECOND = 3000;
const SAMPLE_MS = 200;

/**
 * The listener's own process, compiled as in the container image, through as many walks as a day has, in minutes. Run by
 * tsx, the compiler of `npm run listener` takes some 50 MB more.
 */
export const listenerDay: Part = {
  name: 'listener-day',
  about: 'memory of the listener over the 1,440 walks of a day, against the simulator',
  run: async (bench) => {
    const walks = bench.sizes.listenerWalks;
    const database = await bench.warehouse();
    const simulator = createSimulator({
      seed: bench.seed,
      eventsPerSecond: EVENTS_PER_SECOND,
      pollIntervalSeconds: 0,
      rateLimit: 1_000_000_000,
      historyHours: 0,
    });
    await simulator.start();
    bench.progress('listener-day: compiling');
    const built = await compileProject();
    const listener = startListener(bench, built.folder, database.connectionString, simulator.url);
    const startedAt = performance.now();
    const samples: { walk: number; bytes: number }[] = [];
    let walked = 0;
    try {
      while (walked < walks) {
        await sleep(SAMPLE_MS, undefined, { signal: bench.signal });
        if (listener.exitCode !== null)
          throw new Error(`The listener ended with code ${listener.exitCode}.`);
        const { rows } = await database.pool.query<{ walks: number }>(
          'select count(distinct walk_id)::integer as walks from ops.polls',
        );
        walked = rows[0]?.walks ?? 0;
        const bytes = await readResidentBytes(listener.pid ?? 0);
        if (bytes !== undefined && walked > 0) samples.push({ walk: walked, bytes });
        bench.progress(`listener-day: ${walked} of ${walks} walks`);
      }
    } finally {
      await stop(listener);
      await simulator.stop();
      await built.remove();
    }
    const ms = performance.now() - startedAt;
    const { rows } = await database.pool.query<{ stored: number; inserted: number }>(
      `select (select count(*) from bronze.raw_events)::integer as stored,
         (select coalesce(sum(inserted), 0) from ops.polls)::integer as inserted`,
    );
    await database.drop();
    const { stored, inserted } = rows[0] ?? { stored: 0, inserted: -1 };
    expectRows('bronze.raw_events', stored, inserted);

    const part = 'listener-day';
    if (samples.length === 0) {
      const note = 'this platform does not tell the memory of a process';
      return {
        figures: [figure({ part, way: `${walked} walks`, ms, rows: stored, note })],
        verdicts: [],
      };
    }
    const quarter = (from: number, to: number) =>
      median(
        samples
          .filter(({ walk }) => walk > from * walked && walk <= to * walked)
          .map(({ bytes }) => bytes),
      );
    const [first, last] = [quarter(0, 0.25), quarter(0.75, 1)];
    const peak = Math.max(...samples.map(({ bytes }) => bytes));
    const note = `resident: first quarter ${formatBytes(first)}, last ${formatBytes(last)}, most ${formatBytes(peak)}`;
    const verdicts: Verdict[] = [
      {
        part,
        what: 'resident memory of the listener in the last quarter of a day',
        measured: formatBytes(last),
        target: `< ${formatBytes(MOST_MEMORY)}`,
        isMet: last < MOST_MEMORY,
      },
      {
        part,
        what: 'last quarter against the first',
        measured: `${(last / first).toFixed(2)} ×`,
        target: `≤ ${MOST_GROWTH} ×`,
        isMet: last / first <= MOST_GROWTH,
      },
    ];
    return {
      figures: [figure({ part, way: `${walked} walks`, ms, rows: stored, peakBytes: peak, note })],
      verdicts,
    };
  },
};

function startListener(
  bench: Bench,
  built: string,
  connectionString: string,
  apiUrl: string,
): ChildProcess {
  const module = join(built, 'apps', 'listener', 'main.js');
  return fork(module, [], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATABASE_URL: connectionString,
      GITHUB_API_URL: apiUrl,
      POLL_INTERVAL_SECONDS: String(POLL_INTERVAL_SECONDS),
      LOG_DIR: bench.workDir,
      LOG_LEVEL: 'error',
    },
    cwd: bench.workDir,
    execArgv: [...LISTENER_NODE_OPTIONS],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
