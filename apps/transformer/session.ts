import pg from 'pg';
import { settleSession } from '../shared/database.ts';
import { messageOf } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { pause } from '../shared/retry.ts';

/** Held by the one transformer of a warehouse, for as long as its session lives. */
const LOCK = 'assay.transformer';
/** On which a second transformer asks the first for a run. */
const REQUEST_CHANNEL = 'assay_transform';

/** How long to wait for the lock: the server may need a moment to notice that its last holder was killed. */
const LOCK_WAIT_MS = 10_000;
const LOCK_POLL_MS = 500;

/** The database session of a transformer. */
export interface Session {
  client: pg.Client;
  /** See readBackendPid. */
  backendPid: number;
  /** Aborts when the connection is lost. */
  lost: AbortSignal;
  close: () => Promise<void>;
}

export type Opened = { kind: 'locked'; session: Session } | { kind: 'busy'; holder: string };

/**
 * Connects and takes the transformer's lock. Lock and work share the connection, so that whoever loses the lock
 * has lost the means to write as well.
 *
 * @param asksForRun whether to ask the holder for a run when another transformer keeps the lock. A lasting one does not: it
 *   would ask again at every restart.
 * @returns `busy` when another transformer keeps the lock.
 * @throws when the database does not answer.
 */
export async function openSession(
  connectionString: string,
  log: Logger,
  onRequest: () => void,
  asksForRun: boolean,
  signal: AbortSignal,
): Promise<Opened> {
  const lost = new AbortController();
  const client = createClient(connectionString, 'assay transformer');
  const onLost = (error?: Error) => {
    if (error !== undefined) log.warn(`the database connection is lost: ${messageOf(error)}`);
    lost.abort(error);
  };
  client.on('error', onLost);
  client.on('end', () => onLost());
  client.on('notification', onRequest);
  await client.connect();
  const close = () => client.end().catch(() => {});
  try {
    await settle(client);
    // Before the lock, so that no request falls between the two.
    await client.query(`listen ${REQUEST_CHANNEL}`);
    const backendPid = await readBackendPid(client);
    const session = { client, backendPid, lost: lost.signal, close };
    const locked: Opened = { kind: 'locked', session };
    if (await takeLock(client, signal)) return locked;
    const holder = await describeHolder(client);
    if (asksForRun) {
      await client.query(`notify ${REQUEST_CHANNEL}`);
      // The holder may have ended before it could hear.
      if (await tryLock(client)) return locked;
    }
    await close();
    return { kind: 'busy', holder };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Connects once more, for work beside that of the session that holds the lock: writes that two may do at once.
 *
 * @throws when the database does not answer.
 */
export async function openSecond(connectionString: string): Promise<pg.Client> {
  const client = createClient(connectionString, 'assay transformer (second)');
  // The statement under way fails, and is handled there.
  client.on('error', () => {});
  await client.connect();
  try {
    await settle(client);
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

/** The number of the process that serves a connection. A pooler tells one of its own when connecting. */
export async function readBackendPid(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const pid = rows[0]?.pid;
  if (pid === undefined) throw new Error('PostgreSQL gave no row.');
  return pid;
}

function createClient(connectionString: string, applicationName: string): pg.Client {
  return new pg.Client({
    connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
}

async function settle(client: pg.Client): Promise<void> {
  await settleSession(client);
  // The server looks whether we are still there while a long statement runs, and so frees the lock of a killed one.
  // Not every platform has it; without it a killed holder's lock is freed a little later.
  await client.query(`set client_connection_check_interval = '2s'`).catch(() => {});
  // A machine that vanished closes nothing; by default the server would keep its lock for two hours.
  await client
    .query(
      'set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3',
    )
    .catch(() => {});
}

async function takeLock(client: pg.Client, signal: AbortSignal): Promise<boolean> {
  for (let waited = 0; ; waited += LOCK_POLL_MS) {
    if (await tryLock(client)) return true;
    if (waited >= LOCK_WAIT_MS || signal.aborted) return false;
    await pause(LOCK_POLL_MS, signal);
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    'select pg_try_advisory_lock(hashtext($1)) as taken',
    [LOCK],
  );
  return rows[0]?.taken === true;
}

/**
 * Gives the lock back and takes it again if a run was requested meanwhile: whoever asks tries the lock after asking, so
 * that either they have it or we hear of them.
 *
 * @returns whether there is another run to do.
 */
export async function yieldLock({ client }: Session, isRequested: () => boolean): Promise<boolean> {
  await client.query('select pg_advisory_unlock(hashtext($1))', [LOCK]);
  // Any answer brings the notifications that wait.
  await client.query('select 1');
  return isRequested() && (await tryLock(client));
}

async function describeHolder(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ description: string }>(
    `select format('server process %s, %s, connected since %s',
                   activity.pid, coalesce(host(activity.client_addr), 'local'), date_trunc('second', activity.backend_start)) as description
     from pg_locks join pg_stat_activity as activity using (pid)
     where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
       and objsubid = 1 and ((classid::bigint << 32) | objid::bigint) = hashtext($1)::bigint`,
    [LOCK],
  );
  return rows[0]?.description ?? 'it has just ended';
}
