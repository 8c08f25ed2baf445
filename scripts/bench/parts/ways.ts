import type { Part } from '../bench-types.ts';
import { measureBatches } from '../measure-batches.ts';
import { plainWays, saveEventsWay } from '../store-ways.ts';

const BATCH_SIZE = 300;

/** What else could have been done with a batch. */
export const ways: Part = {
  name: 'ways',
  about: 'ways to store a batch side by side: INSERT, multi-row, arrays, one parameter, COPY',
  run: async (bench) => ({
    figures: await measureBatches(bench, 'ways', [saveEventsWay, ...plainWays], [BATCH_SIZE]),
    verdicts: [],
  }),
};
