import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { installWarehouse } from '../../apps/shared/install-warehouse.ts';
import { useTestDatabase } from '../support/test-database.ts';

export type Role = 'listener' | 'transformer' | 'reader';

/** A warehouse with one user for each role, who has nothing but the role. */
export interface RoleDatabase extends ReturnType<typeof useTestDatabase> {
  urlOf: (role: Role) => string;
  /** Runs statements as a role, in one session. */
  as: (role: Role, ...statements: (string | pg.QueryConfig)[]) => Promise<pg.QueryResult>;
}

/** Gives the suite a warehouse with a user for each role; users and database go after the suite. */
export function useRoles(): RoleDatabase {
  const password = randomBytes(9).toString('base64url');
  const suffix = randomBytes(4).toString('hex');
  const nameOf = (role: Role) => `test_${role}_${suffix}`;
  const roles: Role[] = ['listener', 'transformer', 'reader'];
  afterAll(async () => {
    const { hostname, port, username, password: own } = new URL(database.connectionString);
    const server = new pg.Client({
      connectionString: `postgres://${username}:${own}@${hostname}:${port}/postgres`,
    });
    await server.connect();
    for (const role of roles) await server.query(`drop role if exists ${nameOf(role)}`);
    await server.end();
  });
  const database = useTestDatabase();
  beforeAll(async () => {
    // The database is a clone: rights of the database itself are not cloned with it.
    await database.pool.query(
      `delete from ops.schema_files where file_name = 'roles/grant_rights.sql'`,
    );
    await installWarehouse(database.connectionString);
    for (const role of roles) {
      await database.pool.query(
        `create role ${nameOf(role)} login password '${password}' in role assay_${role}`,
      );
    }
  });
  const urlOf = (role: Role) => {
    const url = new URL(database.connectionString);
    url.username = nameOf(role);
    url.password = password;
    return url.href;
  };
  return {
    ...database,
    urlOf,
    as: async (role, ...statements) => {
      const client = new pg.Client({ connectionString: urlOf(role) });
      await client.connect();
      try {
        let result: pg.QueryResult | undefined;
        for (const statement of statements) result = await client.query(statement);
        return result as pg.QueryResult;
      } finally {
        await client.end();
      }
    },
  };
}
