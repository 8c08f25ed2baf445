import { readFileSync } from 'node:fs';
import pg from 'pg';
import { UserError } from './errors.ts';
import { warehousePath } from './project-root.ts';
import { explainSqlError } from './sql-failure.ts';

const SCRIPT = warehousePath('distribute.sql');

/** One row per table that Citus manages. */
const DISTRIBUTED_TABLES = `
  select logicalrelid::text as name, partmethod = 'n' as is_reference
  from pg_dist_partition
  where not (select relispartition from pg_class where oid = logicalrelid)
  order by name`;

export interface DistributeReport {
  /** Tables spread over the workers. */
  distributed: string[];
  /** Tables with a copy on every node. */
  reference: string[];
}

/**
 * Spreads an installed warehouse over the workers of a Citus cluster, or what is new in it. Any number of times.
 *
 * @throws UserError when the server has no Citus, or it is not loaded; SqlFailure with file and line when
 *   `warehouse/distribute.sql` fails. Nothing is distributed then that was not before.
 */
export async function distributeWarehouse(connectionString: string): Promise<DistributeReport> {
  const client = new pg.Client({ connectionString, application_name: 'assay setup-db' });
  await client.connect();
  try {
    await createExtension(client);
    await takeBackOwnership(client);
    return await distributeTables(client);
  } finally {
    await client.end();
  }
}

/**
 * Runs `warehouse/distribute.sql` where Citus is installed.
 *
 * @returns what the cluster holds afterwards, partitions aside.
 * @throws SqlFailure with file and line.
 */
export async function distributeTables(client: pg.ClientBase): Promise<DistributeReport> {
  try {
    await client.query(readFileSync(SCRIPT, 'utf8'));
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw explainSqlError(error, SCRIPT);
  }
  const { rows } = await client.query<{ name: string; is_reference: boolean }>(DISTRIBUTED_TABLES);
  const names = (isReference: boolean) =>
    rows.filter((row) => row.is_reference === isReference).map(({ name }) => name);
  return { distributed: names(false), reference: names(true) };
}

/** Nodes connect to each other as whoever owns what they work on, and assay_owner is nobody who can log in. */
async function takeBackOwnership(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ has: boolean }>(
    `select to_regrole('assay_owner') is not null as has`,
  );
  if (rows[0]?.has === true) await client.query('reassign owned by assay_owner to current_user');
}

async function createExtension(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ is_available: boolean }>(
    `select exists (select from pg_available_extensions where name = 'citus') as is_available`,
  );
  if (rows[0]?.is_available !== true) {
    throw new UserError(
      "The warehouse is installed, but not distributed: the server has no Citus extension. Use the image citusdata/citus, or install the package of Citus for this PostgreSQL on the coordinator and every worker, set shared_preload_libraries = 'citus', and restart. See docs/scale-out.md.",
    );
  }
  try {
    await client.query('create extension if not exists citus');
  } catch (error) {
    throw new UserError(
      'The warehouse is installed, but not distributed: CREATE EXTENSION citus failed. Citus has to be the first in shared_preload_libraries (restart after changing it), and the role has to be a superuser. See docs/scale-out.md.',
      { cause: error },
    );
  }
}
