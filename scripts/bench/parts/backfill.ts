import { formatBytes } from '../../../apps/shared/report/quantities.ts';
import type { Bench, Part, Verdict } from '../bench-types.ts';
import { expectRows, figure, takeTurns, type Way } from '../measure.ts';
import { COPY_JSONB, createCopyWay } from '../measure-floor.ts';
import { runInWorker } from '../run-in-worker.ts';

const LEAST_RATIO = 0.6;
const MOST_MEMORY = 200e6;
/** As `npm run backfill` does unless told otherwise. */
const USUAL_CONNECTIONS = 2;

/** Archive files into bronze, beside COPY of what is in them. */
export const backfill: Part = {
  name: 'backfill',
  about: '.json.gz files into bronze with one and two connections, beside COPY of the same JSON',
  run: async (bench) => {
    const { events, bytes } = await bench.data();
    const ways: Way<{ rows: number; peakBytes?: number }>[] = [
      createCopyWay(bench, COPY_JSONB),
      createBackfillWay(bench, 1),
      createBackfillWay(bench, USUAL_CONNECTIONS),
    ];
    const measured = await takeTurns(ways, bench.sizes.rounds, bench.signal, (name, round) =>
      bench.progress(`backfill: ${name}, ${round}`),
    );
    const floorMs = measured[0]?.ms ?? Number.NaN;
    const figures = measured.map(({ name, ms, runsMs, results }) => {
      const peaks = results.flatMap(({ peakBytes }) => peakBytes ?? []);
      return figure({
        part: 'backfill',
        way: name,
        ms,
        runsMs,
        events,
        bytes,
        rows: results.at(-1)?.rows ?? null,
        ratio: floorMs / ms,
        targetRatio: name === nameOf(USUAL_CONNECTIONS) ? LEAST_RATIO : null,
        peakBytes: peaks.length === 0 ? null : Math.max(...peaks),
      });
    });
    const usual = figures.at(-1);
    const ratio = usual?.ratio ?? Number.NaN;
    const peak = Math.max(...figures.map(({ peakBytes }) => peakBytes ?? 0));
    const verdicts: Verdict[] = [
      {
        part: 'backfill',
        what: 'speed into bronze, of COPY into a bare jsonb table',
        measured: ratio.toFixed(2),
        target: `≥ ${LEAST_RATIO}`,
        isMet: ratio >= LEAST_RATIO,
      },
      {
        part: 'backfill',
        what: 'peak memory of the process',
        measured: formatBytes(peak),
        target: `< ${formatBytes(MOST_MEMORY)}`,
        isMet: peak < MOST_MEMORY,
      },
    ];
    return { figures, verdicts };
  },
};

function nameOf(connections: number): string {
  return connections === 1 ? '1 connection' : `${connections} connections`;
}

function createBackfillWay(
  bench: Bench,
  concurrency: number,
): Way<{ rows: number; peakBytes: number }> {
  return {
    name: nameOf(concurrency),
    run: async () => {
      const { archives, events } = await bench.data();
      const { connectionString, pool, drop } = await bench.warehouse();
      const { result, peakBytes } = await runInWorker(
        'backfill',
        { connectionString, files: archives, concurrency },
        bench.signal,
      );
      const { rows } = await pool.query<{ count: number }>(
        'select count(*)::integer as count from bronze.raw_events',
      );
      await drop();
      const count = rows[0]?.count ?? 0;
      expectRows('bronze.raw_events', count, events);
      return { ms: result.ms, result: { rows: count, peakBytes } };
    },
  };
}
