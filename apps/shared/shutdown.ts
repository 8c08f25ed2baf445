import { messageOf } from './errors.ts';
import type { Logger } from './logger.ts';

export interface Shutdown {
  /** Aborts when the process has been asked to stop. */
  readonly signal: AbortSignal;
  /** Has something released when the process ends: in reverse order, each once. */
  onRelease: (name: string, release: () => Promise<unknown>) => void;
  /** Asks the process to stop, as a signal would. */
  request: (reason: string) => void;
  /** Releases everything. Later calls wait for the first. */
  releaseAll: () => Promise<void>;
}

/** Exit codes by the convention of shells: 128 + number of the signal. */
const FORCED_EXIT = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Listens for SIGINT and SIGTERM, and for the parent's end when it started us with a channel. The first
 * asks the process to stop; the second ends it at once, and so does the deadline.
 */
export function createShutdown(
  log: Pick<Logger, 'info' | 'warn' | 'error'>,
  deadlineMs: number,
): Shutdown {
  const controller = new AbortController();
  const releases: { name: string; release: () => Promise<unknown> }[] = [];
  let released: Promise<void> | undefined;

  function request(reason: string): void {
    if (controller.signal.aborted) return;
    log.info(`stopping: ${reason}`);
    controller.abort(new Error(`stopping: ${reason}`));
    setTimeout(() => {
      log.error(`still not stopped after ${deadlineMs / 1000} s: leaving`);
      process.exit(1);
    }, deadlineMs).unref();
  }

  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(FORCED_EXIT[name]);
      request(name);
    });
  }
  if (process.send !== undefined)
    process.once('disconnect', () => request('the parent process is gone'));

  async function release(): Promise<void> {
    for (let next = releases.pop(); next !== undefined; next = releases.pop()) {
      await next
        .release()
        .catch((error: unknown) =>
          log.warn(`could not release ${next?.name}: ${messageOf(error)}`),
        );
    }
  }

  return {
    signal: controller.signal,
    onRelease: (name, releaseOne) => releases.push({ name, release: releaseOne }),
    request,
    releaseAll: () => {
      released ??= release();
      return released;
    },
  };
}
