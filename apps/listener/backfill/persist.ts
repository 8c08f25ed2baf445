import { isTransient, messageOf } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { retry } from '../../shared/retry.ts';

/** Book-keeping is worth waiting for the database. */
export function persist<T>(
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
