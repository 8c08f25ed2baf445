import { formatCount } from '../../../apps/shared/report/quantities.ts';
import type { Bench, Figure, Part, PartResult, Verdict } from '../bench-types.ts';
import { growHistory, type History, type LayerTimes, type Placement } from '../grow-history.ts';
import { figure, median } from '../measure.ts';

const MOST_GROWTH = 1.2;
/** Each history is measured in turns, so that none has the machine's better minutes for itself. */
const TURNS = 2;

/** Whether the next events cost more the more there are already. */
export const growth: Part = {
  name: 'growth',
  about: 'the next 5,000 events through silver and gold, behind histories of growing size',
  run: async (bench) => {
    const result: PartResult = { figures: [], verdicts: [] };
    for (const placement of ['earlier months', 'this month'] as const) {
      const { figures, verdicts } = await measurePlacement(bench, placement);
      result.figures.push(...figures);
      result.verdicts.push(...verdicts);
    }
    return result;
  },
};

async function measurePlacement(bench: Bench, placement: Placement): Promise<PartResult> {
  const { histories: sizes, nextEvents, rounds } = bench.sizes;
  const histories: History[] = [];
  for (const size of sizes) histories.push(await growHistory(bench, size, placement));
  const runs = histories.map(() => [] as LayerTimes[]);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [index, history] of histories.entries()) {
      // The first brings what it reads into memory, as it is in a warehouse at work.
      await history.next(nextEvents);
      for (let round = 0; round < rounds; round++) {
        bench.signal.throwIfAborted();
        bench.progress(`growth: ${formatCount(history.size)} in ${placement}, ${round + 1}`);
        runs[index]?.push(await history.next(nextEvents));
      }
    }
  }
  for (const { database } of histories) await database.drop();

  const part = 'growth';
  const figures: Figure[] = histories.flatMap(({ size }, index) => {
    const own = runs[index] ?? [];
    const name = `${formatCount(size)} in ${placement}`;
    const runsMs = own.map(({ silver, gold }) => silver + gold);
    const layer = (which: keyof LayerTimes, note: string | null = null) =>
      figure({ part, way: `  ${which}`, ms: median(own.map((run) => run[which])), note });
    return [
      figure({ part, way: name, ms: median(runsMs), runsMs, events: nextEvents, rows: nextEvents }),
      layer('silver'),
      layer('gold'),
      layer('coverage', 'not counted above'),
      layer('bronze', 'not counted above'),
    ];
  });
  const totals = figures.filter(({ events }) => events !== null);
  const first = totals[0];
  const verdicts = totals.slice(1).map((total, index): Verdict => {
    const ratio = total.ms / (first?.ms ?? Number.NaN);
    total.note = `${ratio.toFixed(2)} × of ${formatCount(sizes[0] ?? 0)}`;
    return {
      part,
      what: `the next ${formatCount(nextEvents)} events, history in ${placement}: ${formatCount(sizes[index + 1] ?? 0)} against ${formatCount(sizes[0] ?? 0)}`,
      measured: `${ratio.toFixed(2)} ×`,
      target: `≤ ${MOST_GROWTH} ×`,
      isMet: ratio <= MOST_GROWTH,
    };
  });
  return { figures, verdicts };
}
