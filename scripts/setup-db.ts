import { installWarehouse } from '../apps/shared/install-warehouse.ts';
import { runCommand } from '../apps/shared/run-command.ts';

const help = `
Usage: npm run setup-db

Creates the warehouse in the configured database, or brings it up to date: the database itself when it is
missing, then the schemas ops, bronze, silver and gold. Any number of times; data stays.
`;

await runCommand({ name: 'setup-db', help, options: {} }, async ({ connect }) => {
  const { ran, skipped } = await installWarehouse(await connect(), (file) =>
    console.log(`  ${file}`),
  );
  console.log(
    ran.length === 0
      ? `Nothing to do: all ${skipped} files are in place.`
      : `The warehouse is ready: ${ran.length} files ran, ${skipped} were in place.`,
  );
  return 0;
});
