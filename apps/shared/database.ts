import pg from 'pg';
import type { Logger } from './logger.ts';

export type Pool = pg.Pool;
export type Client = pg.PoolClient;
/** Anything that takes a query: a pool, or a client inside a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

export interface PoolOptions {
  connectionString: string;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Most connections at once. Default 4. */
  max?: number;
  /** Gives up on a statement after this many milliseconds: a connection may be half open. Default: never. */
  queryTimeoutMs?: number;
  /** The server itself gives up on a statement after so many milliseconds. Default: never. */
  statementTimeoutMs?: number;
  /** Gives up on waiting for a connection after so many milliseconds. Default 10000. */
  connectTimeoutMs?: number;
  /** Whether the server refuses to write whatever it is asked. */
  isReadOnly?: boolean;
  log?: Logger;
}

const IDLE_IN_TRANSACTION_MS = 300_000;

/**
 * Opens a pool of connections whose sessions count in UTC, and that the server itself ends when they idle inside a
 * transaction: the grace window behind the watermarks relies on writers that cannot outlive it.
 */
export function createPool(options: PoolOptions): Pool {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    application_name: `assay ${options.applicationName}`,
    max: options.max ?? 4,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    onConnect: async (client) => {
      await settleSession(client);
      await limitSession(client, options);
    },
    ...(options.queryTimeoutMs === undefined ? {} : { query_timeout: options.queryTimeoutMs }),
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) =>
    options.log?.warn({ err: error }, 'lost an idle database connection'),
  );
  return pool;
}

/**
 * Makes a session write times in UTC and in ISO order, whatever its role, its database or its connection string say: times that come as
 * text are compared as text. By a statement, because the options of a connection string take the place of ours, and
 * connection poolers pass these two settings on.
 */
export async function settleSession(client: Queryable): Promise<void> {
  await client.query(`set timezone = 'UTC'; set datestyle = 'ISO, YMD'`);
}

/** By statements as well, for the same reasons; and poolers refuse connections that ask for such settings when they begin. */
async function limitSession(
  client: Queryable,
  { statementTimeoutMs, isReadOnly = false }: PoolOptions,
): Promise<void> {
  await client.query(`set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`);
  if (isReadOnly) await client.query('set default_transaction_read_only = on');
  if (statementTimeoutMs !== undefined)
    await client.query(`set statement_timeout = ${Math.round(statementTimeoutMs)}`);
}

/**
 * Runs `work` in one transaction on one connection.
 *
 * @throws what `work` throws, after rolling back; an error when COMMIT did not commit, which PostgreSQL
 *   answers to a failed transaction without raising one.
 */
export async function withTransaction<T>(
  pool: Pool,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  // A connection lost between two statements is reported here; the next statement fails and is handled below.
  const onError = () => {
    broken = true;
  };
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await work(client);
    const { command } = await client.query('commit');
    if (command !== 'COMMIT')
      throw new Error(`The transaction ended in ${command} instead of COMMIT.`);
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
