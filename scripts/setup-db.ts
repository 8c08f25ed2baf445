import { distributeWarehouse } from '../apps/shared/distribute-warehouse.ts';
import { installWarehouse } from '../apps/shared/install-warehouse.ts';
import { formatCount } from '../apps/shared/report/quantities.ts';
import { runCommand } from '../apps/shared/run-command.ts';

const help = `
Usage: npm run setup-db [-- --distributed]

Creates the warehouse in the configured database, or brings it up to date: the database itself when it is
missing, then the schemas ops, bronze, silver and gold, and the roles assay_owner, assay_listener, assay_transformer and
assay_reader with the rights each needs (docs/security.md). Any number of times; data stays.

  --distributed    then spreads its tables over the workers of a Citus cluster, with the rows they hold; the configured
                   database has to be the coordinator's (docs/scale-out.md)
`;

await runCommand(
  { name: 'setup-db', help, options: { distributed: { type: 'boolean' } } },
  async ({ connect, values }) => {
    const connectionString = await connect();
    const { ran, skipped, roles } = await installWarehouse(
      connectionString,
      (file) => console.log(`  ${file}`),
      ({ table, month, rows }) => {
        if (rows > 0)
          console.log(`  ${table} of ${month.slice(0, 7)}: ${formatCount(rows)} rows moved`);
      },
    );
    console.log(
      ran.length === 0
        ? `Nothing to do: all ${skipped} files are in place.`
        : `The warehouse is ready: ${ran.length} files ran, ${skipped} were in place.`,
    );
    if (roles.kind === 'none') console.log(roles.why);
    else for (const reserve of roles.reserves) console.log(reserve);
    if (values.distributed === true) {
      const { distributed, reference } = await distributeWarehouse(connectionString);
      console.log(`Spread over the workers: ${distributed.join(', ')}.`);
      console.log(`Copied to every node: ${reference.join(', ')}.`);
    }
    return 0;
  },
);
