import { createPool } from '../apps/shared/database.ts';
import { UserError } from '../apps/shared/errors.ts';
import { readNumber } from '../apps/shared/read-number.ts';
import { textTable } from '../apps/shared/report/text-table.ts';
import { runCommand } from '../apps/shared/run-command.ts';
import { listWatermarks, resetWatermark } from '../apps/transformer/watermarks.ts';

const help = `
Usage: npm run watermarks -- show | reset NAME [--to TIME]

How far everything has been read, and the way to have it read again.

  show            the pipelines (silver, gold, …), then the sources read last (--limit N, default 20; --json)
  reset NAME      takes a pipeline or a source back to nothing, or to a time: --to 2026-01-31T07:00:00Z
                  silver takes gold with it; both are built again from bronze by the next run
                  marts has all of them counted again from the facts by the next run
`;

const options = {
  to: { type: 'string' },
  limit: { type: 'string', default: '20' },
  json: { type: 'boolean' },
} as const;

await runCommand(
  { name: 'watermarks', help, options },
  async ({ values, positionals, connect, shutdown }) => {
    const [action, name, ...rest] = positionals;
    if (rest.length > 0) throw new UserError(help.trim());
    const limit = readNumber('limit', values.limit, { min: 1, max: 1_000_000 });
    const pool = createPool({
      connectionString: await connect(),
      applicationName: 'watermarks',
      max: 1,
    });
    shutdown.onRelease('database pool', () => pool.end());

    if (action === 'show' && name === undefined) {
      const rows = await listWatermarks(pool, limit);
      if (values.json) console.log(JSON.stringify(rows, null, 2));
      else if (rows.length === 0) console.log('Nothing has been read yet.');
      else {
        const shown = rows.map((row) => [row.name, row.reached, row.status ?? '', row.updated_at]);
        process.stdout.write(textTable(['name', 'reached', 'status', 'updated'], shown));
      }
      return 0;
    }
    if (action === 'reset' && name !== undefined) {
      console.log(await resetWatermark(pool, name, values.to));
      return 0;
    }
    throw new UserError(help.trim());
  },
);
