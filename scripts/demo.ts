import { noAlertChannels } from '../apps/shared/alert-settings.ts';
import { claimOrigin } from '../apps/shared/claim-origin.ts';
import { createPool, type Pool } from '../apps/shared/database.ts';
import { installWarehouse } from '../apps/shared/install-warehouse.ts';
import { pause } from '../apps/shared/retry.ts';
import { runCommand } from '../apps/shared/run-command.ts';
import { overrideVariables } from '../apps/shared/secret-files.ts';
import { runChild, SUPERVISOR_DEADLINE_MS, supervise } from '../apps/shared/supervise.ts';
import {
  databaseEnvironment,
  processModule,
  warehouseProcesses,
} from '../apps/shared/warehouse-processes.ts';
import { createSimulator } from '../apps/simulator/create-simulator.ts';
import type { Simulator } from '../apps/simulator/simulator-types.ts';
import { type Audit, auditDemo, findFaults } from './demo/audit.ts';
import { demoOptions, readDemoOptions } from './demo/read-demo-options.ts';

const help = `
Usage: npm run demo [-- options]

Runs the whole warehouse on this machine, without a network: PostgreSQL, a simulated GitHub, the listener, the transformer
and the API with its dashboard, until stopped with Ctrl-C.

  --seconds N             stop after N seconds, bring everything to gold and compare it with what was offered;
                          exit code 0 only if facts reached gold and every count balances
  --replay FILE…          serve the real events of these files (NDJSON or a JSON array, also .gz) instead of made-up ones
  --seed N                of the made-up events; default 1
  --events-per-second N   how fast the made-up GitHub moves; default 20
  --bad-row-rate R        share of made-up events that are broken or odd on purpose, 0 to 1; default 0.01
`;

/** Short, so that a demo is worth watching. */
const TRANSFORM_SCHEDULE = '*/5 * * * * *';
const PROGRESS_MS = 5_000;

await runCommand(
  { name: 'demo', help, options: demoOptions, stopDeadlineMs: SUPERVISOR_DEADLINE_MS },
  async ({ values, positionals, log, shutdown, connect }) => {
    const options = readDemoOptions(values, positionals);
    const isReplay = options.replayFiles.length > 0;
    const connectionString = await connect();
    const pool = createPool({ connectionString, applicationName: 'demo', max: 2, log });
    shutdown.onRelease('database pool', () => pool.end());
    await installWarehouse(connectionString);
    await claimOrigin(pool, 'simulator');

    const simulator = createSimulator({
      ...options,
      pollIntervalSeconds: 0,
      rateLimit: 1_000_000_000,
    });
    await simulator.start();
    shutdown.onRelease('simulator', simulator.stop);
    const { host, pathname } = new URL(connectionString);
    log.info(
      `the warehouse is the database ${pathname.slice(1)} on ${host}; look into it with: npm run sql -- "select * from gold.fact_events limit 10"`,
    );

    const environment = {
      ...databaseEnvironment(connectionString, true),
      GITHUB_API_URL: simulator.url,
      GITHUB_TOKEN: 'demo',
      FEEDS: 'public',
      // A replay waits for its reader, so that reading faster only makes it end sooner.
      POLL_INTERVAL_SECONDS: isReplay ? '0.2' : '2',
      TRANSFORM_SCHEDULE,
      // Nothing of the real archives among made-up events, whatever .env says.
      HEAL_SCHEDULE: '',
      GITHUB_ARCHIVE_URL: simulator.url,
      // Nobody is to be woken by made-up events.
      ...noAlertChannels,
    };
    const children = warehouseProcesses(environment).map((spec) => supervise(spec, log));
    const stopChildren = () => Promise.all(children.map((child) => child.stop()));
    shutdown.onRelease('processes', stopChildren);

    await showProgress(pool, simulator, options.seconds, shutdown.signal);
    if (shutdown.signal.aborted) return 0;
    await stopChildren();
    await runChild({
      name: 'transformer',
      module: processModule('transformer'),
      args: ['--once'],
      env: overrideVariables(environment),
    });
    return printSummary(await auditDemo(pool, simulator), simulator);
  },
);

/** Prints a line every few seconds until the time is over or we are asked to stop. */
async function showProgress(
  pool: Pool,
  simulator: Simulator,
  seconds = Number.POSITIVE_INFINITY,
  signal: AbortSignal,
): Promise<void> {
  const endAt = Date.now() + seconds * 1000;
  while (!signal.aborted && Date.now() < endAt) {
    await pause(Math.min(PROGRESS_MS, endAt - Date.now()), signal);
    if (signal.aborted) return;
    const { rows } = await pool
      .query<{ bronze: string; facts: string; letters: string }>(
        `select (select count(*) from bronze.raw_events) as bronze, (select count(*) from gold.fact_events) as facts,
                (select count(*) from bronze.dead_letter_queue) as letters`,
      )
      .catch(() => ({ rows: [] }));
    const { offered } = simulator.truth();
    const replay = simulator.replayProgress();
    const ofAll = replay === null ? '' : ` of ${replay.total}`;
    if (rows[0] !== undefined) {
      console.log(
        `demo · ${offered.total}${ofAll} events offered → bronze ${rows[0].bronze} → gold ${rows[0].facts} · dead letters ${rows[0].letters}`,
      );
    }
  }
}

function printSummary(audit: Audit, simulator: Simulator): number {
  const replay = simulator.replayProgress();
  console.log(`
                     count   missing
events offered  ${column(audit.eventsOffered)}
in bronze       ${column(audit.bronze)}${column(audit.missingInBronze)}
in silver       ${column(audit.silver)}${column(audit.missingInSilver)}
in gold         ${column(audit.facts)}${column(audit.missingInGold)}   (${audit.withoutTime} have no readable time)
items refused   ${column(audit.itemsRefused)}
dead letters    ${column(audit.deadLetters)}${column(audit.missingInDeadLetters)}

ledger: ${audit.fetched} fetched = ${audit.inserted} inserted + ${audit.duplicates} duplicates + ${audit.deadLettered} dead-lettered`);
  if (replay !== null && !replay.finished) {
    console.log(
      `The replay was not over: ${replay.confirmed} of ${replay.total} items were read. Give it more --seconds.`,
    );
  }
  const faults = findFaults(audit);
  console.log(faults.length === 0 ? 'Everything balances.' : `Faults:\n  ${faults.join('\n  ')}`);
  return faults.length === 0 ? 0 : 1;
}

function column(count: number): string {
  return String(count).padStart(10);
}
