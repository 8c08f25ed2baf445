import { createPool } from '../apps/shared/database.ts';
import { UserError } from '../apps/shared/errors.ts';
import { readNumber } from '../apps/shared/read-number.ts';
import { createRedactor } from '../apps/shared/redact.ts';
import { requireWarehouse } from '../apps/shared/require-warehouse.ts';
import { runCommand } from '../apps/shared/run-command.ts';
import { createMetabaseClient } from './metabase/client.ts';
import { type SetUpOptions, setUpMetabase } from './metabase/set-up-metabase.ts';
import { starterDashboard } from './metabase/starter-dashboard.ts';

const help = `
Usage: npm run metabase [-- --warehouse-host HOST[:PORT]] [--update] [--timeout SECONDS]

Sets up a Metabase for the warehouse: waits until it answers, makes its first account or signs in, tells it of the
warehouse with a user that can only read, and makes a collection with a dashboard. Any number of times: what is there is
left as it is.

  --warehouse-host HOST[:PORT]  where the warehouse is as Metabase reaches it, when that is not where this command does
  --update                      set the connection and the cards to what they would be made as today, and put cards that
                                the dashboard lacks below the others; nothing is taken away
  --timeout SECONDS             how long to wait for Metabase (300)

METABASE_URL, METABASE_ADMIN_EMAIL and METABASE_ADMIN_PASSWORD say where it is and who signs in. Metabase reads with the
user of READER_DATABASE_URL; without one, a user metabase_DATABASE is made. More in docs/bi.md.
`;

await runCommand(
  {
    name: 'metabase',
    help,
    options: {
      'warehouse-host': { type: 'string' },
      update: { type: 'boolean' },
      timeout: { type: 'string', default: '300' },
    },
  },
  async ({ config, values, positionals, log, shutdown, connect }) => {
    if (positionals.length > 0) throw new UserError(help.trim());
    const timeoutMs = 1000 * readNumber('timeout', values.timeout, { min: 1, max: 86_400 });
    const { url, adminEmail, adminPassword } = config.metabase;
    if (adminEmail === undefined || adminPassword === undefined)
      throw new UserError(
        'METABASE_ADMIN_EMAIL and METABASE_ADMIN_PASSWORD are not set: the account that Metabase is set up with.',
      );
    const { owner, reader } = config.databases;
    if (reader.kind === 'embedded')
      throw new UserError(
        'Metabase needs a warehouse that stays at one address; the embedded PostgreSQL has another port at each start. Set DB_HOST or DATABASE_URL.',
      );

    let access: SetUpOptions['access'] = {
      kind: 'reader',
      connectionString: reader.connectionString,
    };
    if (owner.kind === 'server' && owner.connectionString === reader.connectionString) {
      const connectionString = await connect();
      const database = createPool({ connectionString, applicationName: 'metabase', max: 1 });
      shutdown.onRelease('database pool', () => database.end());
      await requireWarehouse(database, log, shutdown.signal);
      access = { kind: 'owner', connectionString, database };
    }
    const client = createMetabaseClient({
      url,
      redact: createRedactor(config.secrets),
      signal: shutdown.signal,
    });
    const { made, updated, dashboardId } = await setUpMetabase({
      client,
      account: { email: adminEmail, password: adminPassword },
      access,
      warehouseAddress: values['warehouse-host'],
      dashboard: starterDashboard(),
      isUpdate: values.update === true,
      timeoutMs,
      signal: shutdown.signal,
    });
    for (const what of made) console.log(`  made     ${what}`);
    for (const what of updated) console.log(`  updated  ${what}`);
    if (made.length + updated.length === 0) console.log('Nothing to do: all is in place.');
    console.log(`The dashboard: ${new URL(url).origin}/dashboard/${dashboardId}`);
    return 0;
  },
);
