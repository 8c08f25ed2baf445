import { UserError } from '../apps/shared/errors.ts';
import { NO_WAREHOUSE, openReader } from '../apps/shared/report/open-reader.ts';
import { createOutput } from '../apps/shared/report/output.ts';
import { runCommand } from '../apps/shared/run-command.ts';
import { readStatus } from './status/read-status.ts';
import { showStatus } from './status/show-status.ts';

const help = `
Usage: npm run status [-- --json]

Shows how the warehouse does: how fresh each layer is and what waits for it, the last poll of each feed and how its
walks of the last 24 hours overlapped, the last runs of the transformer, dead letters, failed runs, what the checks found
last, which alerts stand, and how complete it all is.

  --json    the same and more, as JSON (npm run --silent status -- --json)

Exit code 0 whenever the status could be read, whatever it says; 1 when the database does not answer or holds no
warehouse.
`;

await runCommand(
  { name: 'status', help, options: { json: { type: 'boolean' } }, role: 'reader' },
  async (context) => {
    const reader = await openReader(context, 'status');
    if (!reader.hasWarehouse) throw new UserError(NO_WAREHOUSE);
    const status = await readStatus(reader.client);
    const output = createOutput(process.stdout);
    output.write(
      context.values.json === true
        ? `${JSON.stringify(status, null, 2)}\n`
        : showStatus(status, { isTerminal: process.stdout.isTTY === true }),
    );
    await output.flush();
    return 0;
  },
);
