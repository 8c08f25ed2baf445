import pg from 'pg';
import { createPool } from '../apps/shared/database.ts';
import { UserError } from '../apps/shared/errors.ts';
import { installWarehouse } from '../apps/shared/install-warehouse.ts';
import { readNumber } from '../apps/shared/read-number.ts';
import { runCommand } from '../apps/shared/run-command.ts';
import { ALL_TYPES, judgeCoverageWorld, type Verdict } from './coverage-worlds/judge-world.ts';
import { loadCoverageWorld } from './coverage-worlds/load-world.ts';
import { makeCoverageWorld, type Variant } from './coverage-worlds/make-world.ts';
import { summarise, writeTable } from './coverage-worlds/summarise.ts';

const help = `
Usage: npm run coverage-worlds [-- options]

Shows how far the stated capture rate can be trusted. Makes simulated days whose true totals are known, each from its own
seed, seen in part by a listener and by two archives that each miss something; computes coverage by the SQL that real
data goes through; and prints, per event type, in how many worlds the true total lies in the stated 95 % interval.
Works in a database of its own beside the configured one, and drops it.

  --worlds N              how many; default 100
  --seed N                of the first; default 1
  --events-per-second N   default 0.25, about 21,600 a day
  --variant NAME          independent (default); or worlds in which the sources are not, to see how it misleads:
                          same-moments (the archives read when we do), bursts (nobody keeps up in some minutes)

Exit code 1 when independent worlds lie in the interval in fewer than 90 of 100 cases for any main type.
`;

const options = {
  worlds: { type: 'string', default: '100' },
  seed: { type: 'string', default: '1' },
  'events-per-second': { type: 'string', default: '0.25' },
  variant: { type: 'string', default: 'independent' },
} as const;

const DAY = '2026-03-01';
const VARIANTS: readonly string[] = ['independent', 'same-moments', 'bursts'] satisfies Variant[];
/** The types that make up 95 % of the feed. */
const MAIN_TYPES = [
  'PushEvent',
  'CreateEvent',
  'PullRequestEvent',
  'WatchEvent',
  'IssueCommentEvent',
  'DeleteEvent',
  'IssuesEvent',
];
const LEAST_INSIDE = 0.9;
/** Worlds at work at once: one is made while another is loaded. */
const LANES = 2;

await runCommand(
  { name: 'coverage-worlds', help, options },
  async ({ values, shutdown, connect }) => {
    const count = readNumber('worlds', values.worlds, { min: 1, max: 100_000 });
    const firstSeed = readNumber('seed', values.seed, { min: 0, max: 2 ** 31 });
    const eventsPerSecond = readNumber('events-per-second', values['events-per-second'], {
      min: 0.001,
      max: 10_000,
      isFraction: true,
    });
    if (!VARIANTS.includes(values.variant))
      throw new UserError(`--variant is "${values.variant}"; it may be ${VARIANTS.join(', ')}.`);
    const variant = values.variant as Variant;
    const server = await connect();

    const verdicts: Verdict[] = [];
    const seeds = Array.from({ length: count }, (_, index) => firstSeed + index);
    async function lane(number: number): Promise<void> {
      const url = new URL(server);
      url.pathname = `/assay_worlds_${process.pid}_${number}`;
      await installWarehouse(url.href);
      const pool = createPool({ connectionString: url.href, applicationName: 'coverage-worlds' });
      shutdown.onRelease('scratch database', async () => {
        await pool.end();
        await dropDatabase(server, url.pathname.slice(1));
      });
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
        if (shutdown.signal.aborted) return;
        const dayStart = Date.parse(`${DAY}T00:00:00Z`);
        const world = makeCoverageWorld({ seed, variant, dayStart, eventsPerSecond });
        await loadCoverageWorld(pool, world);
        verdicts.push(...(await judgeCoverageWorld(pool, world, DAY)));
        if (process.stderr.isTTY) process.stderr.write(`\r${count - seeds.length} of ${count}`);
      }
    }
    await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');

    const types = [...new Set(verdicts.map(({ eventType }) => eventType))];
    const summaries = types
      .map((type) =>
        summarise(
          type,
          verdicts.filter(({ eventType }) => eventType === type),
        ),
      )
      .sort((a, b) => b.meanActual - a.meanActual);
    console.log(`${count} ${variant} worlds from seed ${firstSeed}, the day ${DAY}\n`);
    console.log(writeTable(summaries));
    const short = summaries.filter(
      ({ eventType, days, daysInside }) =>
        [...MAIN_TYPES, ALL_TYPES].includes(eventType) && daysInside < LEAST_INSIDE * days,
    );
    return variant === 'independent' && short.length > 0 ? 1 : 0;
  },
);

async function dropDatabase(server: string, name: string): Promise<void> {
  // The configured database need not exist.
  const url = new URL(server);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client
    .query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
    .finally(() => client.end());
}
