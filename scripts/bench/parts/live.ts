import type { Part, Verdict } from '../bench-types.ts';
import { measureBatches } from '../measure-batches.ts';
import { rowSavepointWay, saveEventsWay } from '../store-ways.ts';

const BATCH_SIZES = [100, 300];
const LEAST_SPEEDUP = 10;

/** Batches as the listener stores them: a page, and a walk of three. */
export const live: Part = {
  name: 'live',
  about: 'batches of 100 and 300 as the listener stores them, beside a savepoint for every row',
  run: async (bench) => {
    const figures = await measureBatches(
      bench,
      'live',
      [saveEventsWay, rowSavepointWay],
      BATCH_SIZES,
    );
    const verdicts = BATCH_SIZES.map((size): Verdict => {
      const msOf = (name: string) =>
        figures.find(({ way }) => way === `${name}, batches of ${size}`)?.ms ?? Number.NaN;
      const speedup = msOf(rowSavepointWay.name) / msOf(saveEventsWay.name);
      return {
        part: 'live',
        what: `batches of ${size} against a savepoint for every row`,
        measured: `${speedup.toFixed(1)} ×`,
        target: `≥ ${LEAST_SPEEDUP} ×`,
        isMet: speedup >= LEAST_SPEEDUP,
      };
    });
    return { figures, verdicts };
  },
};
