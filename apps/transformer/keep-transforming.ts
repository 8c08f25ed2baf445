import pg from 'pg';
import type { Config } from '../shared/config.ts';
import { messageOf } from '../shared/errors.ts';
import type { Logger, Logs } from '../shared/logger.ts';
import { outlastOutage } from '../shared/outlast-outage.ts';
import { backoff, pause } from '../shared/retry.ts';
import { failAbandonedRuns } from './pipeline-run.ts';
import { createQuality } from './quality/gate.ts';
import type { RunRequests } from './run-requests.ts';
import { openSecond, openSession, type Session, yieldLock } from './session.ts';
import { transform } from './transform.ts';
import { type WatchOptions, watchSessions } from './watch-sessions.ts';

/** How long a run may go on after we were asked to stop; then it is cancelled and rolls back. */
const FINISH_MS = 4_000;

export interface KeepTransformingOptions {
  config: Config;
  connectionString: string;
  logs: Logs;
  log: Logger;
  requests: RunRequests;
  /** Told after each run, good or failed. Returns at once. */
  onRunEnd: () => void;
  /** How soon a half-open connection is noticed; see watchSessions. */
  watch?: Pick<WatchOptions, 'everyMs' | 'patienceMs'>;
  /** One run, then return. */
  once: boolean;
  signal: AbortSignal;
}

/**
 * Transforms whenever a run is requested, and at start. Connects again when the connection is lost.
 *
 * @returns the exit code: 1 when the one run failed, or when another transformer works on this warehouse and this was
 *   to be the lasting one.
 */
export async function keepTransforming(options: KeepTransformingOptions): Promise<number> {
  const { connectionString, log, requests, once, signal } = options;
  requests.add();
  for (let losses = 0; !signal.aborted; losses++) {
    const opened = await outlastOutage(options, () =>
      openSession(connectionString, log, requests.add, once, signal),
    );
    if (opened.kind === 'busy') {
      log.warn(
        `another transformer works on this warehouse (${opened.holder}); ${once ? 'it was asked for a run, ' : ''}this one leaves`,
      );
      return once ? 0 : 1;
    }
    const { session } = opened;
    try {
      const exitCode = await transformWhileConnected(session, options);
      if (exitCode !== undefined) return exitCode;
    } finally {
      await session.close();
    }
    await pause(backoff(Math.min(losses, 4)), signal);
  }
  return 0;
}

/** @returns the exit code, or undefined when the session was lost and work should go on in a new one. */
async function transformWhileConnected(
  session: Session,
  options: KeepTransformingOptions,
): Promise<number | undefined> {
  const { config, logs, log, requests, once, signal } = options;
  const quality = createQuality(config, log, signal);
  const stopped = AbortSignal.any([signal, session.lost]);
  const cancel = () => void setTimeout(() => void cancelRun(session, options), FINISH_MS).unref();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    await failAbandonedRuns(session.client);
    while (await requests.take(stopped)) {
      try {
        const watch = watchSessions({ ...options, ...options.watch });
        await watch.add(session.client);
        const { silver, gold } = await watch.during(() =>
          transform({
            client: session.client,
            config,
            logs,
            signal,
            connect: async () => {
              const second = await openSecond(options.connectionString);
              await watch.add(second);
              return second;
            },
            quality,
          }),
        );
        log.info(
          { silver: silver.rowsOut, gold: gold.rowsOut },
          `transformed: ${silver.rowsOut} rows to silver, ${gold.rowsOut} facts to gold`,
        );
        options.onRunEnd();
        if (once && !(await yieldLock(session, requests.isWaiting))) return 0;
      } catch (error) {
        if (signal.aborted) break;
        log.error({ err: error }, `the run failed: ${messageOf(error)}`);
        options.onRunEnd();
        if (session.lost.aborted) {
          requests.add();
          return undefined;
        }
        if (once) return 1;
      }
    }
    return signal.aborted ? 0 : undefined;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

async function cancelRun(
  session: Session,
  { connectionString, log }: KeepTransformingOptions,
): Promise<void> {
  if (session.lost.aborted) return;
  log.warn('cancelling the run that is under way: it rolls back, and the next run does it again');
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.query('select pg_cancel_backend($1)', [session.backendPid]);
  } catch (error) {
    log.warn(`could not cancel it: ${messageOf(error)}`);
  } finally {
    await client.end().catch(() => {});
  }
}
