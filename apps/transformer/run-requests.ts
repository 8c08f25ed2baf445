/** Requests for a run, which become one while they wait: none is lost, none is doubled. */
export interface RunRequests {
  /** Asks for a run. Asked while one is under way, another follows it. */
  add: () => void;
  /** Whether a request waits. */
  isWaiting: () => boolean;
  /** Takes the waiting requests, as soon as there is one; false when a signal aborts first. */
  take: (signal: AbortSignal) => Promise<boolean>;
}

export function createRunRequests(): RunRequests {
  let isWaiting = false;
  let wake: (() => void) | undefined;
  return {
    isWaiting: () => isWaiting,
    add: () => {
      isWaiting = true;
      wake?.();
    },
    take: async (signal) => {
      if (!isWaiting && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener('abort', wake, { once: true });
        });
        if (wake !== undefined) signal.removeEventListener('abort', wake);
        wake = undefined;
      }
      const taken = isWaiting && !signal.aborted;
      if (taken) isWaiting = false;
      return taken;
    },
  };
}
