import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Queryable } from '../../apps/shared/database.ts';
import { messageOf, UserError } from '../../apps/shared/errors.ts';

const NAME_LENGTH = 63;

/** The user Metabase reads a database with: roles belong to the server, so that each database has one of its own. */
export function readerNameOf(database: string): string {
  return Buffer.from(`metabase_${database}`).subarray(0, NAME_LENGTH).toString('utf8');
}

/** Whether the server has that user, as a member of assay_reader. */
export async function hasReader(client: Queryable, name: string): Promise<boolean> {
  const { rows } = await client.query(
    `select from pg_roles
     where rolname = $1 and rolcanlogin and to_regrole('assay_reader') is not null and pg_has_role(oid, to_regrole('assay_reader'), 'member')`,
    [name],
  );
  return rows.length > 0;
}

/**
 * Makes the user, or gives the one there is a new password: nobody but Metabase has to know it.
 *
 * @returns the password.
 * @throws UserError when this may not be done here.
 */
export async function makeReader(client: Queryable, name: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const user = pg.escapeIdentifier(name);
  try {
    const { rows } = await client.query('select from pg_roles where rolname = $1', [name]);
    // In one message, so that a user without the right to read is never left behind.
    await client.query(
      `${rows.length === 0 ? 'create' : 'alter'} role ${user} login password ${pg.escapeLiteral(password)};
       grant assay_reader to ${user}`,
    );
  } catch (error) {
    throw new UserError(
      `The user ${name} for Metabase could not be made (${messageOf(error).replaceAll(password, '…')}). Make one yourself (docs/security.md) and set READER_DATABASE_URL to it.`,
    );
  }
  return password;
}
