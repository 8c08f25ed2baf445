import { setTimeout as sleep } from 'node:timers/promises';
import { FAILPOINTS, type Failpoint } from '../../../apps/shared/failpoint.ts';
import { below, pick, type Random } from '../../../apps/simulator/random.ts';
import type { StatementFault } from '../../support/fault-proxy.ts';
import { holdWriter } from './hold-writer.ts';
import type { KeptProcess } from './keep-process.ts';
import type { World } from './start-world.ts';

export interface Fault {
  name: string;
  /** How often it comes, compared with the others. */
  weight: number;
  /** Does harm. @returns what it did, when not all of its kind are alike. */
  inflict: (world: World, random: Random) => Promise<string | undefined>;
}

/** The steps of some parts, in the order of FAILPOINTS: a seed picks by place. */
const stepsOf = (...parts: string[]): Failpoint[] =>
  FAILPOINTS.filter((step) => parts.includes(step.slice(0, step.indexOf('.'))));
const LISTENER_STEPS = stepsOf('listener');
const TRANSFORMER_STEPS = stepsOf('silver', 'gold', 'coverage', 'months');
const BACKFILL_STEPS = stepsOf('backfill', 'months');
/** How long a process has to come to its failpoint; one without work for it does not. */
const REACH_MS = 4_000;

export const FAULTS: readonly Fault[] = [
  kill('SIGKILL the listener', 6, ({ listener }) => [listener]),
  kill('SIGKILL the transformer', 6, ({ transformer }) => [transformer]),
  kill('SIGKILL both', 2, ({ listener, transformer }) => [listener, transformer]),
  atFailpoint('failpoint in the listener', 5, LISTENER_STEPS, ({ listener }) => listener),
  {
    name: 'failpoint in the transformer',
    weight: 8,
    inflict: async (world, random) => {
      const step = pick(random, TRANSFORMER_STEPS);
      // The step needs work: a file of a new month brings some.
      if (random() < 0.6) await backfill(world, random, undefined);
      const killed = await world.transformer.replace(armed(step, random));
      return named(step, await isDead(killed));
    },
  },
  {
    name: 'failpoint in a backfill',
    weight: 6,
    inflict: async (world, random) => {
      const step = pick(random, BACKFILL_STEPS);
      return named(step, await backfill(world, random, armed(step, random)));
    },
  },
  {
    name: 'SIGKILL a backfill',
    weight: 3,
    inflict: async (world, random) => {
      const work = startBackfill(world, random, {});
      await sleep(400 + random() * 1_200);
      await work.end('SIGKILL');
      await work.settle();
      return undefined;
    },
  },
  {
    name: 'a file of another month while loading',
    weight: 4,
    inflict: async (world, random) => void (await backfill(world, random, undefined)),
  },
  atStatement('connection lost before COMMIT', 8, 'drop'),
  atStatement('reply to COMMIT swallowed', 8, 'swallow'),
  {
    name: 'reply to a load of silver swallowed',
    weight: 2,
    inflict: ({ proxy }) =>
      awaitStatement(proxy, { kind: 'swallow', statement: /from silver\.load_slice/ }),
  },
  {
    name: 'all connections reset',
    weight: 4,
    inflict: async ({ proxy }, random) => {
      await sleep(random() * 500);
      return void proxy.cut();
    },
  },
  {
    name: 'black hole',
    weight: 4,
    inflict: async ({ proxy }, random) => {
      await sleep(random() * 300);
      proxy.blackHole();
      await sleep(200 + random() * 1_300);
      const isReset = random() < 0.5;
      if (isReset) proxy.cut();
      proxy.heal();
      return isReset ? 'then reset' : 'then forwarded late';
    },
  },
  {
    name: 'backends terminated',
    weight: 5,
    inflict: async ({ pool }, random) => {
      await sleep(random() * 500);
      const { rowCount } = await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name ~ '^assay (listener|transformer|backfill)'`,
      );
      return rowCount === 0 ? 'none was there' : undefined;
    },
  },
  {
    name: 'statements cancelled',
    weight: 3,
    inflict: async ({ pool }, random) => {
      for (let times = 0; times < 5; times++) {
        await sleep(random() * 150);
        await pool.query(
          `select pg_cancel_backend(pid) from pg_stat_activity where state = 'active' and application_name ~ '^assay (listener|transformer)'`,
        );
      }
      return undefined;
    },
  },
  {
    name: 'PostgreSQL stopped with -m immediate',
    weight: 2,
    inflict: async ({ server }, random) => {
      await sleep(random() * 500);
      await server.stop('immediate');
      await sleep(random() * 1_500);
      await server.start();
      return undefined;
    },
  },
  {
    name: 'a second transformer',
    weight: 3,
    inflict: async (world, random) => {
      const second = world.run('apps/transformer/main.ts', ['--once']);
      await Promise.race([second.exited, sleep(1_000 + random() * 1_500)]);
      if (second.child.exitCode === null) await second.end('SIGKILL');
      return undefined;
    },
  },
  {
    name: 'maintain and setup-db while loading',
    weight: 2,
    inflict: async (world) => {
      // Where the database is out of reach they say so and end.
      await Promise.all(
        ['scripts/maintain.ts', 'scripts/setup-db.ts'].map((file) => world.run(file).exited),
      );
      return undefined;
    },
  },
  {
    name: 'a writer that commits late',
    weight: 6,
    inflict: async (world, random) => {
      world.inBackground(holdWriter(world, 300 + random() * 3_000));
      return undefined;
    },
  },
  {
    name: 'a reader in the way of new partitions',
    weight: 2,
    inflict: async (world, random) => {
      world.inBackground(
        world.pool
          .query('select count(*), pg_sleep($1) from gold.fact_events', [1 + random() * 3])
          // A reader that loses its connection has done its part.
          .catch(() => {}),
      );
      await backfill(world, random, undefined);
      return undefined;
    },
  },
  {
    name: 'GitHub answers with an error',
    weight: 3,
    inflict: async ({ simulator }, random) => {
      const kind = pick(random, ['500', '502', 'html', 'reset', 'cut', '403', '429'] as const);
      simulator.failNext({ kind, retryAfterSeconds: 1, times: 1 + below(random, 2) });
      await sleep(200);
      return kind;
    },
  },
  {
    name: 'a process stands still',
    weight: 2,
    inflict: async ({ listener, transformer }, random) => {
      const { child } = pick(random, [listener, transformer]).current();
      child.kill('SIGSTOP');
      await sleep(500 + random() * 1_000);
      child.kill('SIGCONT');
      return undefined;
    },
  },
  {
    name: 'SIGTERM',
    weight: 3,
    inflict: async ({ listener, transformer }, random) => {
      await sleep(random() * 500);
      const process = pick(random, [listener, transformer]);
      const askedAt = Date.now();
      await process.stop();
      // Ten seconds are promised; a machine with other things to do may double that.
      const took = (Date.now() - askedAt) / 1000;
      if (took > 20) throw new Error(`A process took ${took} s to end after SIGTERM.`);
      process.resume();
      return undefined;
    },
  },
];

function kill(name: string, weight: number, whom: (world: World) => KeptProcess[]): Fault {
  return {
    name,
    weight,
    inflict: async (world, random) => {
      await sleep(random() * 900);
      for (const process of whom(world)) process.current().child.kill('SIGKILL');
      return undefined;
    },
  };
}

function atFailpoint(
  name: string,
  weight: number,
  steps: Failpoint[],
  whom: (world: World) => KeptProcess,
): Fault {
  return {
    name,
    weight,
    inflict: async (world, random) => {
      const step = pick(random, steps);
      return named(step, await isDead(await whom(world).replace(armed(step, random))));
    },
  };
}

function atStatement(name: string, weight: number, kind: StatementFault['kind']): Fault {
  return {
    name,
    weight,
    inflict: async ({ proxy }, random) => {
      const application = pick(random, [/listener/, /transformer/]);
      const what = await awaitStatement(proxy, { kind, application });
      return [`${application.source}`, what].filter(Boolean).join(', ');
    },
  };
}

async function awaitStatement(
  proxy: World['proxy'],
  fault: StatementFault,
): Promise<string | undefined> {
  const { happened, disarm } = proxy.arm(fault);
  for (let waited = 0; !happened() && waited < REACH_MS; waited += 50) await sleep(50);
  if (happened()) return undefined;
  disarm();
  return 'not reached';
}

function armed(step: Failpoint, random: Random): Record<string, string> {
  // Most steps are passed once in a run; some of the later passes are worth a try.
  return { FAIL_MODE: `kill:${step}:${random() < 0.75 ? 1 : 2}` };
}

/** Whether it came to its failpoint in time. */
async function isDead({ exited }: { exited: Promise<unknown> }): Promise<boolean> {
  return await Promise.race([exited.then(() => true), sleep(REACH_MS).then(() => false)]);
}

function named(step: string, isReached: boolean): string {
  return isReached ? step : `${step}, not reached`;
}

/** @returns whether it was killed. */
async function backfill(
  world: World,
  random: Random,
  env: Record<string, string> | undefined,
): Promise<boolean> {
  const work = startBackfill(world, random, env ?? {});
  return (await work.settle()) === null;
}

/** Loads a file, or goes on with one that an earlier backfill left unfinished. */
function startBackfill(world: World, random: Random, env: Record<string, string>) {
  const [earlier] = world.unfinished;
  const file = earlier !== undefined && random() < 0.5 ? earlier : world.makeFile(random);
  world.unfinished.add(file);
  const process = world.run('scripts/backfill.ts', ['--file', file.path], env);
  return {
    end: process.end,
    settle: async () => {
      const code = await process.exited;
      // 2: it holds lines that cannot be stored.
      if ((code === 0 || code === 2) && world.unfinished.delete(file)) {
        world.known.events.push(...file.events);
        world.known.refused.push(...file.refused);
      }
      return code;
    },
  };
}
