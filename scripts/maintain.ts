import { createPool } from '../apps/shared/database.ts';
import { UserError } from '../apps/shared/errors.ts';
import { formatBytes, formatCount } from '../apps/shared/report/quantities.ts';
import { textTable } from '../apps/shared/report/text-table.ts';
import { requireWarehouse } from '../apps/shared/require-warehouse.ts';
import { runCommand } from '../apps/shared/run-command.ts';
import { maintain } from '../apps/transformer/maintain.ts';
import { openSession } from '../apps/transformer/session.ts';

const help = `
Usage: npm run maintain

Keeps the storage in order: makes partitions for the months that need one, counts the months that the marts
do not have yet, drops the months that are older than their
layer keeps rows (BRONZE_RETENTION_DAYS, SILVER_RETENTION_DAYS, GOLD_RETENTION_DAYS; not set: for ever), and takes the
statistics of the tables. The transformer does the same after each run.

A month is dropped as a whole, once the next layer has all of it and the layer it was made from has dropped it. What went
is in ops.dropped_partitions.
`;

await runCommand(
  { name: 'maintain', help, options: {}, role: 'transformer', layer: 'pipeline' },
  async ({ config, log, shutdown, connect }) => {
    const connectionString = await connect();
    const pool = createPool({ connectionString, applicationName: 'maintain', max: 1, log });
    await requireWarehouse(pool, log, shutdown.signal);
    await pool.end();
    const opened = await openSession(connectionString, log, () => {}, false, shutdown.signal);
    if (opened.kind === 'busy') {
      throw new UserError(
        `A transformer works on this warehouse (${opened.holder}). It does this itself after each run.`,
      );
    }
    const { client, close } = opened.session;
    try {
      const { added, counted, expired, analyzed } = await maintain(client, config.retentionDays);
      const rows = [
        ...added.map(({ table, month, rows }) => [
          table,
          month.slice(0, 7),
          'partition made',
          formatCount(rows),
          '',
        ]),
        ...counted.map(({ month, rows }) => [
          'gold.mart_…',
          month.slice(0, 7),
          'counted',
          formatCount(rows),
          '',
        ]),
        ...expired.map(({ table, month, dropped, whyNot }) => [
          table,
          month.slice(0, 7),
          dropped === undefined ? `past its retention, stays: ${whyNot}` : 'dropped',
          dropped === undefined ? '' : formatCount(dropped.rows),
          dropped === undefined ? '' : formatBytes(dropped.bytes),
        ]),
      ];
      if (rows.length > 0)
        console.log(textTable(['table', 'month', 'what', 'rows:', 'on disk:'], rows).trimEnd());
      else
        console.log(
          'No partition was missing, the marts have every month, and none is past its retention.',
        );
      if (analyzed.length > 0) console.log(`Statistics taken anew: ${analyzed.join(', ')}.`);
      return 0;
    } finally {
      await close();
    }
  },
);
