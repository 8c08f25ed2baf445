import type { Figure } from './bench-types.ts';

/** One way of doing something, to be compared with others. It says itself how long the part that counts took. */
export interface Way<T> {
  name: string;
  run: () => Promise<{ ms: number; result: T }>;
}

export interface Measured<T> {
  name: string;
  runsMs: number[];
  /** The median of the runs. */
  ms: number;
  results: T[];
}

/**
 * Measures ways in turns, so that whatever else the machine does meanwhile meets them all alike.
 *
 * @throws the signal's reason when it aborts.
 */
export async function takeTurns<T>(
  ways: readonly Way<T>[],
  rounds: number,
  signal: AbortSignal,
  onRun: (name: string, round: number) => void = () => {},
): Promise<Measured<T>[]> {
  const measured = ways.map(({ name }) => ({ name, runsMs: [], results: [] }) as RunsOf<T>);
  for (let round = 0; round < rounds; round++) {
    for (const [index, way] of ways.entries()) {
      signal.throwIfAborted();
      onRun(way.name, round + 1);
      const { ms, result } = await way.run();
      measured[index]?.runsMs.push(ms);
      measured[index]?.results.push(result);
    }
  }
  return measured.map((runs) => ({ ...runs, ms: median(runs.runsMs) }));
}

type RunsOf<T> = Pick<Measured<T>, 'name' | 'runsMs' | 'results'>;

/** Runs something and says how long it took. */
export async function time<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const startedAt = performance.now();
  const result = await work();
  return { ms: performance.now() - startedAt, result };
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** A figure of which only some things apply. */
export function figure(given: Pick<Figure, 'part' | 'way' | 'ms'> & Partial<Figure>): Figure {
  return {
    runsMs: [given.ms],
    events: null,
    bytes: null,
    rows: null,
    ratio: null,
    targetRatio: null,
    peakBytes: null,
    note: null,
    latency: null,
    ...given,
  };
}

/**
 * Refuses a measurement that did not do the work.
 *
 * @throws Error when the counts differ.
 */
export function expectRows(what: string, found: number, expected: number): void {
  if (found !== expected)
    throw new Error(
      `${what} has ${found} rows where ${expected} were expected: nothing is measured by this.`,
    );
}
