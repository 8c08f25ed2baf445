import schedule from 'node-schedule';
import { watchWarehouse } from '../shared/alerts/watch-warehouse.ts';
import { createPool } from '../shared/database.ts';
import { requireWarehouse } from '../shared/require-warehouse.ts';
import { runCommand } from '../shared/run-command.ts';
import { keepTransforming } from './keep-transforming.ts';
import { requireChecks } from './quality/require-checks.ts';
import { createRunRequests } from './run-requests.ts';

const help = `
Usage: npm run transformer [-- --once]

Brings new raw events from bronze to silver and on to gold: at start, then on the schedule (TRANSFORM_SCHEDULE;
every two minutes with DEMO_MODE, else daily at 02:00 UTC), until stopped. One transformer works on a warehouse at a
time: a second one says so and leaves; with --once it asks the first for a run.

  --once    one run, then end; exit code 1 when it failed
`;

await runCommand(
  {
    name: 'transformer',
    help,
    options: { once: { type: 'boolean' } },
    role: 'transformer',
    layer: 'pipeline',
  },
  async ({ config, values, logs, log, shutdown, connect }) => {
    requireChecks(config);
    const connectionString = await connect();
    const pool = createPool({ connectionString, applicationName: 'transformer', max: 1, log });
    await requireWarehouse(pool, log, shutdown.signal);
    await pool.end();

    const alerts = watchWarehouse({ config, connectionString, log, signal: shutdown.signal });
    shutdown.onRelease('alerts', alerts.stop);
    const requests = createRunRequests();
    const once = values.once ?? false;
    if (!once) {
      const job = schedule.scheduleJob(
        { rule: config.transformSchedule, tz: 'Etc/UTC' },
        requests.add,
      );
      shutdown.onRelease('schedule', async () => job.cancel());
      log.info(`transforming on the schedule "${config.transformSchedule}" (UTC), and now`);
    }
    return await keepTransforming({
      config,
      connectionString,
      logs,
      log,
      requests,
      onRunEnd: alerts.request,
      once,
      signal: shutdown.signal,
    });
  },
);
