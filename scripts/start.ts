import pg from 'pg';
import { claimOrigin } from '../apps/shared/claim-origin.ts';
import { installWarehouse } from '../apps/shared/install-warehouse.ts';
import { untilAborted } from '../apps/shared/retry.ts';
import { runCommand } from '../apps/shared/run-command.ts';
import { SUPERVISOR_DEADLINE_MS, supervise } from '../apps/shared/supervise.ts';
import { databaseEnvironment, warehouseProcesses } from '../apps/shared/warehouse-processes.ts';

const help = `
Usage: npm start

Runs the warehouse against the real GitHub until stopped: sets the database up (the embedded one unless DATABASE_URL or
DB_HOST is set), then keeps the listener, the transformer and the API running, and prints the address of the API.
`;

await runCommand(
  { name: 'assay', help, options: {}, stopDeadlineMs: SUPERVISOR_DEADLINE_MS },
  async ({ log, shutdown, connect, config }) => {
    const connectionString = await connect();
    await installWarehouse(connectionString);
    // The listener looks at every answer; here a demo's warehouse is told apart before anything starts.
    if (config.githubApiUrl === 'https://api.github.com') {
      const client = new pg.Client({ connectionString });
      await client.connect();
      await claimOrigin(client, 'github').finally(() => client.end());
    }

    const { host, pathname } = new URL(connectionString);
    log.info(
      `the warehouse is the database ${pathname.slice(1)} on ${host}; look into it with: npm run status`,
    );
    if (config.githubTokens.length === 0) {
      log.warn(
        'no GITHUB_TOKEN is set: GitHub allows 60 requests an hour, so that most public events are missed',
      );
    }
    const children = warehouseProcesses(
      databaseEnvironment(connectionString, config.database.kind === 'embedded'),
    ).map((spec) => supervise(spec, log));
    shutdown.onRelease('processes', () => Promise.all(children.map((child) => child.stop())));
    await untilAborted(shutdown.signal);
    return 0;
  },
);
