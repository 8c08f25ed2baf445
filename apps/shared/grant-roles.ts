import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { codeOf, messageOf } from './errors.ts';
import { warehousePath } from './project-root.ts';
import { retry } from './retry.ts';
import { explainSqlError } from './sql-failure.ts';

const MAKE_ROLES = 'roles/make_roles.sql';
const GRANT_RIGHTS = 'roles/grant_rights.sql';

/** What became of the roles; `reserves` are sentences about what a person may want to know or do. */
export type RolesReport = { kind: 'granted'; reserves: string[] } | { kind: 'none'; why: string };

const INSUFFICIENT_PRIVILEGE = '42501';
/** Two databases of one server at once: somebody else has just made the role (42710, 23505), or is changing it (XX000, 40P01). */
const COLLISIONS = new Set(['42710', '23505', 'XX000', '40P01', '55P03']);

/**
 * Makes the roles of the warehouse where they are missing, and gives each the least it needs. Any number of times; does
 * nothing when everything is in place and `hasChanged` is false.
 *
 * @param client outside a transaction, in an installed warehouse.
 * @returns `none` when this user may not make roles: the warehouse then works without them.
 * @throws SqlFailure with file and line when the grants fail.
 */
export async function grantRoles(client: pg.ClientBase, hasChanged: boolean): Promise<RolesReport> {
  if (await hasCitus(client)) {
    return {
      kind: 'none',
      why: 'On Citus all processes work as one user: nodes connect to each other as whoever asks.',
    };
  }
  if (!hasChanged && (await isInPlace(client)))
    return { kind: 'granted', reserves: await findReserves(client) };
  try {
    await run(client, MAKE_ROLES);
  } catch (error) {
    if (codeOf(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    return {
      kind: 'none',
      why: `This user may not create roles, so all processes work as one user (${messageOf(error)}). Grant it CREATEROLE and run setup-db again for one role each (docs/security.md).`,
    };
  }
  await run(client, GRANT_RIGHTS);
  return { kind: 'granted', reserves: await findReserves(client) };
}

async function run(client: pg.ClientBase, name: string): Promise<void> {
  const text = readFileSync(warehousePath(name), 'utf8');
  await retry(
    async () => {
      try {
        await client.query('begin');
        await client.query(text);
        if (name === GRANT_RIGHTS) {
          await client.query(
            `insert into ops.schema_files as stored (file_name, checksum) values ($1, $2)
             on conflict (file_name) do update set checksum = excluded.checksum, applied_at = excluded.applied_at`,
            [name, checksumOf(text)],
          );
        }
        await client.query('commit');
      } catch (error) {
        await client.query('rollback').catch(() => {});
        throw error;
      }
    },
    {
      retries: 8,
      baseMs: 50,
      maxMs: 1000,
      isWorthRetrying: (error) => COLLISIONS.has(codeOf(error) ?? ''),
    },
  ).catch((error: unknown) => {
    throw explainSqlError(error, warehousePath(name));
  });
}

async function hasCitus(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ has: boolean }>(
    `select exists (select from pg_extension where extname = 'citus') as has`,
  );
  return rows[0]?.has === true;
}

async function isInPlace(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ in_place: boolean }>(
    `select
       (select count(*) = 4 from pg_roles where rolname in ('assay_owner', 'assay_listener', 'assay_transformer', 'assay_reader'))
       and exists (select from ops.schema_files where file_name = $1 and checksum = $2)
       and (select nspowner = to_regrole('assay_owner') from pg_namespace where nspname = 'ops') as in_place`,
    [GRANT_RIGHTS, checksumOf(readFileSync(warehousePath(GRANT_RIGHTS), 'utf8'))],
  );
  return rows[0]?.in_place === true;
}

async function findReserves(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ owner: string; is_ours: boolean; sees_sessions: boolean }>(
    `select proowner::regrole::text as owner, proowner = to_regrole('assay_owner') as is_ours,
       pg_has_role(proowner, 'pg_read_all_stats', 'usage') as sees_sessions
     from pg_proc where oid = 'ops.oldest_open_transaction()'::regprocedure`,
  );
  const [state] = rows;
  if (state === undefined) return [];
  const reserves: string[] = [];
  if (!state.is_ours) {
    reserves.push(
      `The warehouse stays with ${state.owner} for now: this user is no member of assay_owner, may not grant CREATE on this database, or somebody is reading a table. The next setup-db tries again.`,
    );
  }
  if (!state.sees_sessions) {
    reserves.push(
      `${state.owner} may not see other users' transactions, so watermarks stay one grace window (LATE_ARRIVAL_GRACE_MINUTES) behind: slower, and nothing is lost. A superuser changes it with: grant pg_read_all_stats to ${state.owner}`,
    );
  }
  return reserves;
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
