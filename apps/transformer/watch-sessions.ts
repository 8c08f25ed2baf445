import pg from 'pg';
import { messageOf } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { readBackendPid } from './session.ts';

export interface WatchOptions {
  connectionString: string;
  log: Logger;
  /** Milliseconds between two looks. Default 15000. */
  everyMs?: number;
  /** For how long the server may wait for us, in milliseconds. Longer than any pause of our own. Default 60000. */
  patienceMs?: number;
}

/** The sessions with which one run works. */
export interface SessionWatch {
  /** Counts a connected client among them, which is idle now. */
  add: (client: pg.Client) => Promise<void>;
  /** Does `work` under watch. */
  during: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The field that pg's types leave out. */
type Inside = pg.Client & { connection?: { stream: { destroy: () => void } } };

/**
 * Watches for connections that are half open: we wait for the server, and the server waits for us, because something
 * between the two has forgotten the connection and tells neither. A long statement is no sign of it, so a statement gets no
 * time limit; the server is asked, on a connection of its own, whether it works for us. When it has not for a while, our
 * sessions are ended on both sides: what they had not committed is rolled back, the lock is free, and whoever waits for
 * them gets an error.
 */
export function watchSessions(options: WatchOptions): SessionWatch {
  const { everyMs = 15_000, patienceMs = 60_000 } = options;
  const clients = new Map<Inside, number>();
  return {
    add: async (client) => void clients.set(client, await readBackendPid(client)),
    during: async (work) => {
      const startedAt = Date.now();
      let looking: Promise<void> | undefined;
      const timer = setInterval(() => {
        // Before that, the server may wait for us since the run before.
        if (looking !== undefined || Date.now() - startedAt < patienceMs) return;
        looking = look(clients, patienceMs, options).finally(() => {
          looking = undefined;
        });
      }, everyMs);
      try {
        return await work();
      } finally {
        clearInterval(timer);
        await looking;
      }
    },
  };
}

async function look(
  clients: ReadonlyMap<Inside, number>,
  patienceMs: number,
  { connectionString, log }: WatchOptions,
): Promise<void> {
  const watcher = new pg.Client({
    connectionString,
    application_name: 'assay transformer (watch)',
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  watcher.on('error', () => {});
  try {
    await watcher.connect();
    const { rows } = await watcher.query<{ waits: boolean }>(
      // A session that is not there any more waits for nobody; nor will it answer.
      `with ours as (
         select pid, state <> 'active' and state_change < now() - make_interval(secs => $2) as waits
         from pg_stat_activity
         where pid = any ($1) and usename = current_user and application_name like 'assay transformer%'
       ),
       forgotten as (select coalesce(bool_and(waits), true) as waits from ours)
       select forgotten.waits, (select count(pg_terminate_backend(ours.pid)) from ours where forgotten.waits) from forgotten`,
      [[...clients.values()], patienceMs / 1000],
    );
    if (rows[0]?.waits !== true) return;
    log.warn(
      `the server has been waiting for us for ${patienceMs / 1000} s while we wait for it: the connection is half open, connecting again`,
    );
    for (const client of clients.keys()) client.connection?.stream.destroy();
  } catch (error) {
    // Whether the whole server is out of reach is found out by whoever connects next.
    log.debug(`could not look whether the server works for us: ${messageOf(error)}`);
  } finally {
    await watcher.end().catch(() => {});
  }
}
