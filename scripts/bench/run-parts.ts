import type { Bench, Part, PartResult } from './bench-types.ts';

/** Runs parts one after the other, and adds to `found` what each found: when one fails, that of those before stays. */
export async function runParts(
  bench: Bench,
  parts: readonly Part[],
  found: PartResult,
): Promise<void> {
  for (const part of parts) {
    bench.signal.throwIfAborted();
    bench.progress(part.name);
    const { figures, verdicts } = await part.run(bench);
    found.figures.push(...figures);
    found.verdicts.push(...verdicts);
  }
}
