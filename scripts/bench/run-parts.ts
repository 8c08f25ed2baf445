import type { Bench, Figure, Part, Verdict } from './bench-types.ts';

/** Runs parts one after the other and gives all that they found. */
export async function runParts(
  bench: Bench,
  parts: readonly Part[],
): Promise<{ figures: Figure[]; verdicts: Verdict[] }> {
  const figures: Figure[] = [];
  const verdicts: Verdict[] = [];
  for (const part of parts) {
    bench.signal.throwIfAborted();
    bench.progress(part.name);
    const found = await part.run(bench);
    figures.push(...found.figures);
    verdicts.push(...found.verdicts);
  }
  return { figures, verdicts };
}
