import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { settleSession } from '../database.ts';
import { codeOf, messageOf, UserError } from '../errors.ts';
import type { CommandContext } from '../run-command.ts';

/** A session that reads: whatever it is asked, the server refuses to write. */
export interface Reader {
  client: pg.Client;
  /** Whether the database holds a warehouse. */
  hasWarehouse: boolean;
  /** Ends the statement that runs, on the server as well. */
  cancel: () => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** SQLSTATE invalid_catalog_name: the server has no database of that name. */
const NO_SUCH_DATABASE = '3D000';

/** What to tell whoever looks into a database that holds nothing yet. */
export const NO_WAREHOUSE =
  'This database holds no warehouse yet. Run "npm run demo", "npm start" or "npm run setup-db" first.';

/**
 * Connects for reading, with times in UTC and every number in full. Released with the command.
 *
 * @throws UserError when there is no database, or it does not answer.
 */
export async function openReader(
  { config, connect, shutdown }: Pick<CommandContext<never>, 'config' | 'connect' | 'shutdown'>,
  name: string,
): Promise<Reader> {
  const database = config.databases.reader;
  // Looking must not make a server.
  if (database.kind === 'embedded' && !existsSync(join(database.dataDir, 'PG_VERSION'))) {
    throw new UserError(
      `There is no embedded database in ${database.dataDir} yet. Run "npm run demo" or "npm start" first, or set DATABASE_URL or DB_HOST to a server of your own.`,
    );
  }
  const connectionString = await connect();
  const client = await openClient(connectionString, name);
  shutdown.onRelease('database session', () => client.end());
  const { rows } = await client.query<{ pid: number; has_warehouse: boolean }>(
    `select pg_backend_pid() as pid, to_regclass('ops.schema_files') is not null as has_warehouse`,
  );
  return {
    client,
    hasWarehouse: rows[0]?.has_warehouse ?? false,
    cancel: () => cancel(connectionString, rows[0]?.pid ?? 0),
  };
}

async function openClient(connectionString: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString,
    application_name: `assay ${name}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  // A connection lost between two statements is reported here; the next statement fails, too.
  client.on('error', () => {});
  try {
    await client.connect();
    await settleSession(client);
    await client.query('set default_transaction_read_only = on; set extra_float_digits = 1');
    return client;
  } catch (cause) {
    await client.end().catch(() => {});
    if (codeOf(cause) === NO_SUCH_DATABASE)
      throw new UserError(`${messageOf(cause)}. ${NO_WAREHOUSE}`, { cause });
    throw new UserError(
      `Cannot connect to the database: ${messageOf(cause)}. DATABASE_URL, or DB_HOST and its companions, say where it is.`,
      { cause },
    );
  }
}

async function cancel(connectionString: string, pid: number): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select pg_cancel_backend($1)', [pid]);
  } finally {
    await client.end().catch(() => {});
  }
}
