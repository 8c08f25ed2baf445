import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../../apps/shared/errors.ts';
import type { Part } from '../bench-types.ts';
import { expectRows, figure, median, takeTurns, type Way } from '../measure.ts';
import { ratioToFloor } from '../measure-floor.ts';
import type { DuckdbResult } from '../run-duckdb.ts';
import { runInWorker } from '../run-in-worker.ts';

type Loaded = DuckdbResult & { peakBytes: number };

/** What a user might pick instead, from the same files. */
export const duckdb: Part = {
  name: 'duckdb',
  about: 'DuckDB doing the work of bronze, silver and gold from the same files, for comparison',
  run: async (bench) => {
    const missing = await import('@duckdb/node-api').then(
      () => undefined,
      (error: unknown) => messageOf(error),
    );
    if (missing !== undefined) {
      const note = `skipped: DuckDB cannot be loaded here (${missing})`;
      return {
        figures: [figure({ part: 'duckdb', way: 'file → gold', ms: 0, runsMs: [], note })],
        verdicts: [],
      };
    }
    const { archives, events, bytes } = await bench.data();
    const way: Way<Loaded> = {
      name: 'file → gold',
      run: async () => {
        const path = join(bench.workDir, `bench-${randomBytes(4).toString('hex')}.duckdb`);
        const given = { files: archives, path };
        const { result, peakBytes } = await runInWorker('duckdb', given, bench.signal);
        await rm(path, { force: true });
        expectRows('fact_events', result.facts, events);
        return {
          ms: result.steps.reduce((sum, { ms }) => sum + ms, 0),
          result: { ...result, peakBytes },
        };
      },
    };
    const [measured] = await takeTurns([way], bench.sizes.rounds, bench.signal, (name, round) =>
      bench.progress(`duckdb: ${name}, ${round}`),
    );
    if (measured === undefined) throw new Error('Nothing was measured.');
    const { name, ms, runsMs, results } = measured;
    const common = { part: 'duckdb', events, bytes };
    const peakBytes = Math.max(...results.map((one) => one.peakBytes));
    const ratio = await ratioToFloor(bench, events, ms);
    const rows = results.at(-1)?.facts ?? null;
    const steps = results[0]?.steps.map(({ step }) => step) ?? [];
    return {
      figures: [
        figure({ ...common, way: name, ms, runsMs, rows, ratio, peakBytes }),
        ...steps.map((step, index) =>
          figure({
            part: 'duckdb',
            way: `  ${step}`,
            ms: median(results.map((one) => one.steps[index]?.ms ?? Number.NaN)),
          }),
        ),
      ],
      verdicts: [],
    };
  },
};
