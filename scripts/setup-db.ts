import { distributeWarehouse } from '../apps/shared/distribute-warehouse.ts';
import { installWarehouse } from '../apps/shared/install-warehouse.ts';
import { runCommand } from '../apps/shared/run-command.ts';

const help = `
Usage: npm run setup-db [-- --distributed]

Creates the warehouse in the configured database, or brings it up to date: the database itself when it is
missing, then the schemas ops, bronze, silver and gold. Any number of times; data stays.

  --distributed    then spreads its tables over the workers of a Citus cluster, with the rows they hold; the configured
                   database has to be the coordinator's (docs/scale-out.md)
`;

await runCommand(
  { name: 'setup-db', help, options: { distributed: { type: 'boolean' } } },
  async ({ connect, values }) => {
    const connectionString = await connect();
    const { ran, skipped } = await installWarehouse(connectionString, (file) =>
      console.log(`  ${file}`),
    );
    console.log(
      ran.length === 0
        ? `Nothing to do: all ${skipped} files are in place.`
        : `The warehouse is ready: ${ran.length} files ran, ${skipped} were in place.`,
    );
    if (values.distributed === true) {
      const { distributed, reference } = await distributeWarehouse(connectionString);
      console.log(`Spread over the workers: ${distributed.join(', ')}.`);
      console.log(`Copied to every node: ${reference.join(', ')}.`);
    }
    return 0;
  },
);
