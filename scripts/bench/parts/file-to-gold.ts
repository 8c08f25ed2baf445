import type { Part } from '../bench-types.ts';
import { expectRows, figure, median, takeTurns, type Way } from '../measure.ts';
import { COPY_JSONB, createCopyWay } from '../measure-floor.ts';
import { runInWorker } from '../run-in-worker.ts';
import type { TaskResult } from '../worker-tasks.ts';

const MOST_TIMES = 2;

type Loaded = { rows: number; peakBytes?: number; parts?: TaskResult<'file-to-gold'> };

/** From archive files to facts, beside COPY of what is in the files. */
export const fileToGold: Part = {
  name: 'file-to-gold',
  about: '.json.gz files through bronze and silver to facts in gold, beside COPY of the same JSON',
  run: async (bench) => {
    const { archives, events, bytes } = await bench.data();
    const toGold: Way<Loaded> = {
      name: 'file → gold',
      run: async () => {
        const { connectionString, pool, drop } = await bench.warehouse();
        const { result, peakBytes } = await runInWorker(
          'file-to-gold',
          { connectionString, files: archives, concurrency: 2 },
          bench.signal,
        );
        const { rows } = await pool.query<{ count: number }>(
          'select count(*)::integer as count from gold.fact_events',
        );
        await drop();
        const count = rows[0]?.count ?? 0;
        expectRows('gold.fact_events', count, events);
        const ms = result.ms + result.silver.ms + result.gold.ms;
        return { ms, result: { rows: count, peakBytes, parts: result } };
      },
    };
    const [copied, loaded] = await takeTurns<Loaded>(
      [createCopyWay(bench, COPY_JSONB), toGold],
      bench.sizes.rounds,
      bench.signal,
      (name, round) => bench.progress(`file-to-gold: ${name}, ${round}`),
    );
    if (copied === undefined || loaded === undefined) throw new Error('Nothing was measured.');

    const part = 'file-to-gold';
    const common = { part, events, bytes };
    const ratio = copied.ms / loaded.ms;
    const peakBytes = Math.max(...loaded.results.flatMap((one) => one.peakBytes ?? []));
    const partMs = (read: (parts: TaskResult<'file-to-gold'>) => number) =>
      median(loaded.results.flatMap(({ parts }) => (parts === undefined ? [] : read(parts))));
    const steps = loaded.results[0]?.parts?.gold.steps.map(({ step }) => step) ?? [];
    const stepMs = (name: string) =>
      partMs(({ gold }) => gold.steps.find(({ step }) => step === name)?.duration_ms ?? Number.NaN);
    const times = loaded.ms / copied.ms;
    return {
      figures: [
        figure({ ...common, ...pickRuns(copied), rows: events, ratio: 1 }),
        figure({
          ...common,
          ...pickRuns(loaded),
          rows: events,
          ratio,
          targetRatio: 1 / MOST_TIMES,
          peakBytes,
        }),
        figure({ part, way: '  bronze', ms: partMs(({ ms }) => ms) }),
        figure({ part, way: '  silver', ms: partMs(({ silver }) => silver.ms) }),
        figure({ part, way: '  gold', ms: partMs(({ gold }) => gold.ms) }),
        ...steps.map((step) => figure({ part, way: `    ${step}`, ms: stepMs(step) })),
      ],
      verdicts: [
        {
          part,
          what: 'time from file to gold, of COPY into a bare jsonb table',
          measured: `${times.toFixed(2)} ×`,
          target: `≤ ${MOST_TIMES} ×`,
          isMet: times <= MOST_TIMES,
        },
      ],
    };
  },
};

function pickRuns({ name, ms, runsMs }: { name: string; ms: number; runsMs: number[] }) {
  return { way: name, ms, runsMs };
}
