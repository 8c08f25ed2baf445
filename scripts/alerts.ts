import { openChannels } from '../apps/shared/alerts/channels.ts';
import { checkAlerts } from '../apps/shared/alerts/check-alerts.ts';
import { createPool } from '../apps/shared/database.ts';
import { UserError } from '../apps/shared/errors.ts';
import { createRedactor } from '../apps/shared/redact.ts';
import { requireWarehouse } from '../apps/shared/require-warehouse.ts';
import { runCommand } from '../apps/shared/run-command.ts';
import { showAlerts } from './alerts/show-alerts.ts';
import { testChannels } from './alerts/test-channels.ts';

const help = `
Usage: npm run alerts -- check | list | test

Tells people when something is wrong with the warehouse. The listener and the transformer do so by themselves.

  check    looks at all conditions (warehouse/alerts/), tells every channel what is new to it, and lists what stands;
           exit code 1 when a condition could not be read or a channel not be told
  list     what stands, and what was over within seven days (--json)
  test     sends an example message through every channel that is set; exit code 1 when one does not take it

Channels: ALERT_SLACK_WEBHOOK_URL, ALERT_WEBHOOK_URL, ALERT_SMTP_URL with ALERT_EMAIL_FROM and ALERT_EMAIL_TO.
`;

await runCommand(
  { name: 'alerts', help, options: { json: { type: 'boolean' } }, role: 'transformer' },
  async ({ config, values, positionals, log, shutdown, connect }) => {
    const [action, ...rest] = positionals;
    if (rest.length > 0) throw new UserError(help.trim());
    const channels = openChannels(config.alerts, log);
    const redact = createRedactor(config.secrets);
    if (action === 'test')
      return await testChannels(channels, config.alerts.warehouseName ?? 'assay', redact);
    if (action !== 'check' && action !== 'list') throw new UserError(help.trim());

    const connectionString = await connect();
    const pool = createPool({ connectionString, applicationName: 'alerts', max: 1 });
    shutdown.onRelease('database pool', () => pool.end());
    await requireWarehouse(pool, log, shutdown.signal);
    let exitCode = 0;
    if (action === 'check') {
      const report = await checkAlerts({
        connectionString,
        settings: config.alerts,
        channels,
        log,
        redact,
        signal: shutdown.signal,
      });
      if (report.kind === 'busy') console.log('Another process is checking just now.');
      else if (report.faults.length > 0) exitCode = 1;
    }
    process.stdout.write(await showAlerts(pool, values.json ?? false));
    return exitCode;
  },
);
