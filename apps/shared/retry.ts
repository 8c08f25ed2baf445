import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryOptions {
  /** Further attempts after the first; Infinity to go on until `signal` aborts. */
  retries: number;
  /** First pause in milliseconds; each further one is twice as long. Default 1000. */
  baseMs?: number;
  /** Longest pause in milliseconds. Default 30000. */
  maxMs?: number;
  /** Which errors are worth another attempt; others are thrown at once. */
  isWorthRetrying: (error: unknown) => boolean;
  /** Told before each pause. */
  onRetry?: (error: unknown, attempt: number, pauseMs: number) => void;
  signal?: AbortSignal;
}

/**
 * Runs `work` until it succeeds, pausing exponentially longer, with jitter, between attempts.
 *
 * @throws the last error of `work`, or the signal's reason when it aborts during a pause.
 */
export async function retry<T>(
  work: (attempt: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= options.retries || options.signal?.aborted || !options.isWorthRetrying(error))
        throw error;
      const pauseMs = backoff(attempt, options.baseMs, options.maxMs);
      options.onRetry?.(error, attempt + 1, pauseMs);
      await sleep(pauseMs, undefined, options.signal ? { signal: options.signal } : {});
    }
  }
}

/**
 * Pause before attempt number `attempt` + 1: between half and all of an exponentially growing limit, so
 * that clients that failed together do not come back together.
 */
export function backoff(attempt: number, baseMs = 1000, maxMs = 30_000): number {
  const limit = Math.min(maxMs, baseMs * 2 ** attempt);
  return Math.round(limit * (0.5 + Math.random() / 2));
}

/** Sleeps, and returns early without an error when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** A signal that aborts some time after the given one: what is in hand then may still be finished. */
export function abortLater(signal: AbortSignal, ms: number): AbortSignal {
  const later = new AbortController();
  const start = () => void setTimeout(() => later.abort(signal.reason), ms).unref();
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return later.signal;
}

/** Resolves when the signal aborts. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
