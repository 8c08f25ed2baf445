/** Hands out a number of permits, in the order in which they are asked for. */
export interface Limiter {
  /** Waits for a permit. @returns what gives it back. */
  acquire: () => Promise<() => void>;
}

export function createLimiter(permits: number): Limiter {
  let free = permits;
  const waiting: (() => void)[] = [];

  function release(): void {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  }

  return {
    acquire: async () => {
      if (free > 0) free--;
      else await new Promise<void>((go) => waiting.push(go));
      let isReleased = false;
      return () => {
        if (!isReleased) release();
        isReleased = true;
      };
    },
  };
}

/**
 * Runs `work` for each of the jobs, some at a time, in order.
 *
 * @returns the results in the order of the jobs.
 * @throws the first error of `work`, once what was under way has ended; no further job is begun.
 */
export async function mapConcurrently<Job, Result>(
  jobs: readonly Job[],
  concurrency: number,
  work: (job: Job) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failure: { error: unknown } | undefined;
  async function runLane(): Promise<void> {
    for (let index = next++; index < jobs.length && failure === undefined; index = next++) {
      try {
        results[index] = await work(jobs[index] as Job);
      } catch (error) {
        failure ??= { error };
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, jobs.length) }, runLane));
  if (failure !== undefined) throw failure.error;
  return results;
}
