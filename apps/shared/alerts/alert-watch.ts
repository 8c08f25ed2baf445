import { messageOf } from '../errors.ts';
import type { Logger } from '../logger.ts';

export interface AlertWatch {
  /** Asks for a check. Asked while one is under way, another follows it. Returns at once, and never throws. */
  request: () => void;
  /** No further check begins; resolves when the one under way has ended. */
  stop: () => Promise<void>;
}

/**
 * Runs checks beside the work of a process, one at a time: whatever becomes of a check, the work goes on.
 *
 * @param everyMs asks for one by itself each time this has passed; undefined for requests only.
 */
export function createAlertWatch(
  check: () => Promise<unknown>,
  log: Pick<Logger, 'warn'>,
  everyMs?: number,
): AlertWatch {
  let isWanted = false;
  let isStopped = false;
  let underWay: Promise<void> | undefined;

  async function work(): Promise<void> {
    while (isWanted) {
      isWanted = false;
      await check().catch((error: unknown) =>
        log.warn(`alerts could not be checked: ${messageOf(error)}`),
      );
    }
    underWay = undefined;
  }

  function request(): void {
    if (isStopped) return;
    isWanted = true;
    underWay ??= work();
  }

  const timer = everyMs === undefined ? undefined : setInterval(request, everyMs);
  return {
    request,
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      await underWay;
    },
  };
}
