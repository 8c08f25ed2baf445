import pg from 'pg';
import { codeOf, messageOf, UserError } from '../../apps/shared/errors.ts';
import { NO_WAREHOUSE } from '../../apps/shared/report/open-reader.ts';
import type { Shutdown } from '../../apps/shared/shutdown.ts';

/** SQLSTATE invalid_catalog_name: the server has no database of that name. */
const NO_SUCH_DATABASE = '3D000';

/**
 * Connects as a command that writes its results. Released with the command.
 *
 * @throws UserError when the database does not answer, or holds no warehouse of this version.
 */
export async function openClient(
  connectionString: string,
  shutdown: Pick<Shutdown, 'onRelease' | 'signal'>,
): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString,
    application_name: 'assay quality',
    connectionTimeoutMillis: 10_000,
  });
  // A connection lost between two statements is reported here; the next statement fails with it.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (cause) {
    await client.end().catch(() => {});
    const hint =
      codeOf(cause) === NO_SUCH_DATABASE
        ? NO_WAREHOUSE
        : 'DATABASE_URL, or DB_HOST and its companions, say where it is.';
    throw new UserError(`Cannot connect to the database: ${messageOf(cause)}. ${hint}`, { cause });
  }
  // Ending the session ends the check that runs.
  shutdown.onRelease('database session', () => client.end());
  const { rows } = await client.query<{ is_ready: boolean }>(
    `select to_regclass('ops.quality_results') is not null as is_ready`,
  );
  if (rows[0]?.is_ready !== true) {
    throw new UserError(
      'This database holds no warehouse, or one of an older version. Run "npm run setup-db" first.',
    );
  }
  return client;
}
