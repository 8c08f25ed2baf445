import { isTransient, messageOf } from './errors.ts';
import type { Logger } from './logger.ts';
import { retry } from './retry.ts';

/**
 * Does work at the database, again and again while it does not answer.
 *
 * @throws what does not pass by itself; the signal's reason when it aborts during a pause.
 */
export function outlastOutage<T>(
  { log, signal }: { log: Logger; signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  return retry(work, {
    retries: Number.POSITIVE_INFINITY,
    isWorthRetrying: isTransient,
    signal,
    onRetry: (error, _attempt, pauseMs) =>
      log.warn(
        `the database does not answer, trying again in ${(pauseMs / 1000).toFixed(1)} s: ${messageOf(error)}`,
      ),
  });
}
