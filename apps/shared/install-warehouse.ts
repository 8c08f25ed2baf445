import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { type AddedMonth, addMonths, MONTHLY_TABLES } from './add-months.ts';
import { settleSession } from './database.ts';
import { decodeUrlPart } from './decode-url-part.ts';
import { UserError } from './errors.ts';
import { grantRoles, type RolesReport } from './grant-roles.ts';
import { warehousePath } from './project-root.ts';
import { explainSqlError } from './sql-failure.ts';

/** In the order in which they depend on each other. */
const ROOMS = ['ops', 'bronze', 'silver', 'gold'];

/** Taken for the whole installation, so that two at once come one after the other. */
const INSTALL_LOCK = 'assay.install';

interface SqlFile {
  /** Path below `warehouse/`, such as `gold/004_gold.sql`. */
  name: string;
  text: string;
  checksum: string;
  /** Files that begin with a number run once, in the order of the numbers; the others whenever their text changed. */
  migration: number | undefined;
}

export interface InstallReport {
  /** Names of the files that ran, in order. */
  ran: string[];
  /** Files that had nothing to do. */
  skipped: number;
  roles: RolesReport;
}

/**
 * Creates the warehouse in a database, or brings an older one up to date. Any number of times: a file runs again
 * only when it has to, each in a transaction of its own together with the record of it.
 *
 * @throws UserError when the server is too old or a migration that has run was changed since;
 *   SqlFailure with file and line when a file fails.
 */
export async function installWarehouse(
  connectionString: string,
  onFile: (name: string) => void = () => {},
  onMonth: (added: AddedMonth) => void = () => {},
): Promise<InstallReport> {
  await createDatabaseIfMissing(connectionString);
  const client = new pg.Client({ connectionString, application_name: 'assay setup-db' });
  await client.connect();
  try {
    await requireSupportedServer(client);
    await client.query('select pg_advisory_lock(hashtext($1))', [INSTALL_LOCK]);
    await settleSession(client);
    await client.query(`set client_min_messages = 'warning'`);
    let known = await readVersions(client);
    const ran: string[] = [];
    const files = readWarehouseFiles();
    for (const file of files) {
      const checksum = known.get(file.name);
      if (checksum === file.checksum) continue;
      if (checksum !== undefined && file.migration !== undefined) {
        throw new UserError(
          `warehouse/${file.name} has run in this database with another text. A migration is never changed; put the change into a new file with the next number.`,
        );
      }
      onFile(file.name);
      await runFile(client, file);
      ran.push(file.name);
      // A migration may have other files run again.
      if (file.migration !== undefined) known = await readVersions(client);
    }
    await addMonths(client, MONTHLY_TABLES, onMonth);
    const roles = await grantRoles(client, ran.length > 0);
    return { ran, skipped: files.length - ran.length, roles };
  } finally {
    await client.end();
  }
}

/** The files of the warehouse in the order they run: migrations by number, then the rest by room and name. */
export function readWarehouseFiles(): SqlFile[] {
  const files = ROOMS.flatMap((room) =>
    readdirSync(warehousePath(room))
      .filter((name) => name.endsWith('.sql'))
      .sort()
      .map((name) => readFile(`${room}/${name}`, name)),
  );
  const migrations = files.filter((file) => file.migration !== undefined);
  migrations.sort((a, b) => (a.migration ?? 0) - (b.migration ?? 0));
  return [...migrations, ...files.filter((file) => file.migration === undefined)];
}

function readFile(path: string, name: string): SqlFile {
  const text = readFileSync(warehousePath(path), 'utf8');
  const number = /^(\d+)_/.exec(name)?.[1];
  return {
    name: path,
    text,
    checksum: createHash('sha256').update(text).digest('hex'),
    migration: number === undefined ? undefined : Number(number),
  };
}

async function runFile(client: pg.Client, file: SqlFile): Promise<void> {
  try {
    await client.query('begin');
    await client.query(file.text);
    await client.query(
      `insert into ops.schema_files as stored (file_name, checksum) values ($1, $2)
       on conflict (file_name) do update set checksum = excluded.checksum, applied_at = excluded.applied_at`,
      [file.name, file.checksum],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw explainSqlError(error, warehousePath(file.name));
  }
}

async function readVersions(client: pg.Client): Promise<Map<string, string>> {
  await client.query(`
    create schema if not exists ops;
    create table if not exists ops.schema_files (
      file_name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    );
    comment on table ops.schema_files is 'One row per file of warehouse/ that has run in this database.';
    comment on column ops.schema_files.file_name is 'Path of the file below warehouse/.';
    comment on column ops.schema_files.checksum is 'SHA-256 of the text that ran.';
    comment on column ops.schema_files.applied_at is 'When it ran last.';
  `);
  const { rows } = await client.query<{ file_name: string; checksum: string }>(
    'select file_name, checksum from ops.schema_files',
  );
  return new Map(rows.map((row) => [row.file_name, row.checksum]));
}

async function requireSupportedServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number; name: string }>(
    `select current_setting('server_version_num')::integer as version, current_setting('server_version') as name`,
  );
  const server = rows[0];
  if (server === undefined || server.version < 160_000) {
    throw new UserError(`The server is PostgreSQL ${server?.name}. Assay needs 16 or newer.`);
  }
}

/** SQLSTATE invalid_catalog_name: the server has no database of that name. */
const NO_SUCH_DATABASE = '3D000';
/** SQLSTATEs of a database that somebody else has just created. */
const ALREADY_THERE = new Set(['42P04', '23505']);

async function createDatabaseIfMissing(connectionString: string): Promise<void> {
  const probe = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  try {
    await probe.connect();
    await probe.end();
    return;
  } catch (error) {
    await probe.end().catch(() => {});
    if (!(error instanceof pg.DatabaseError) || error.code !== NO_SUCH_DATABASE) throw error;
  }
  const url = new URL(connectionString);
  const name = decodeUrlPart(url.pathname.slice(1));
  url.pathname = '/postgres';
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  try {
    await admin.query(
      `create database ${pg.escapeIdentifier(name)} encoding 'UTF8' template template0`,
    );
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !ALREADY_THERE.has(error.code ?? '')) {
      throw new UserError(
        `The server has no database "${name}" and this user may not create it. Create it, or grant CREATEDB.`,
        { cause: error },
      );
    }
  } finally {
    await admin.end();
  }
}
