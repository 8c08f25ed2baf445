import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes, formatCount } from '../../../apps/shared/report/quantities.ts';
import type { Bench, Part, PartResult } from '../bench-types.ts';
import { expectRows, figure, takeTurns, type Way } from '../measure.ts';
import { runInWorker } from '../run-in-worker.ts';
import type { TaskInput } from '../worker-tasks.ts';

/** So many times the rows may take so much more memory. */
const MORE_ROWS = 5;
const MOST_GROWTH = 1.25;
/** NDJSON, and Parquet above all, are more work than what COPY writes; CSV is not. */
const LEAST_CSV_RATIO = 0.7;

const WAYS = ['COPY to a file', 'csv', 'ndjson', 'parquet'] as const;
type WayName = (typeof WAYS)[number];

/** Rows as those of gold.fact_events, out of a table into files. */
export const exportPart: Part = {
  name: 'export',
  about: 'facts into csv, ndjson and Parquet, and five times as many, beside COPY into a file',
  run: async (bench) => {
    const { figures, verdicts }: PartResult = { figures: [], verdicts: [] };
    const peaks = new Map<WayName, number[]>();
    for (const rows of [bench.sizes.events, MORE_ROWS * bench.sizes.events]) {
      const { connectionString, pool, drop } = await bench.emptyDatabase();
      bench.progress(`export: making ${formatCount(rows)} rows`);
      await pool.query(FACTS, [rows]);
      await pool.query('vacuum analyze facts');
      const measured = await takeTurns(
        WAYS.map((name) => createWay(bench, name, connectionString, rows)),
        bench.sizes.rounds,
        bench.signal,
        (name, round) => bench.progress(`export: ${formatCount(rows)} rows, ${name}, ${round}`),
      );
      await drop();
      const floorMs = measured[0]?.ms ?? Number.NaN;
      for (const { name, ms, runsMs, results } of measured) {
        const peakBytes = Math.max(...results.map((result) => result.peakBytes));
        peaks.set(name as WayName, [...(peaks.get(name as WayName) ?? []), peakBytes]);
        const ratio = floorMs / ms;
        const isCsv = name === 'csv';
        const bytes = results.at(-1)?.bytes ?? 0;
        figures.push(
          figure({
            part: 'export',
            way: `${name}, ${formatCount(rows)}`,
            ms,
            runsMs,
            events: rows,
            bytes,
            rows,
            peakBytes,
            note: `${formatBytes(bytes)}; ${ratio.toFixed(2)} of COPY`,
          }),
        );
        if (isCsv)
          verdicts.push({
            part: 'export',
            what: `csv of ${formatCount(rows)} rows, of COPY into a file`,
            measured: ratio.toFixed(2),
            target: `≥ ${LEAST_CSV_RATIO}`,
            isMet: ratio >= LEAST_CSV_RATIO,
          });
      }
    }
    for (const [way, [few = Number.NaN, many = Number.NaN]] of peaks) {
      if (way === 'COPY to a file') continue;
      verdicts.push({
        part: 'export',
        what: `peak memory of ${way}, ${MORE_ROWS} times the rows`,
        measured: `${(many / few).toFixed(2)} × ${formatBytes(few)}`,
        target: `≤ ${MOST_GROWTH} ×`,
        isMet: many / few <= MOST_GROWTH,
      });
    }
    return { figures, verdicts };
  },
};

/** $1 rows with the columns of gold.fact_events. */
const FACTS = `
  create table facts as
  select
    (40000000000 + n)::text as event_id,
    20260101 + (n / 300000)::integer as date_id,
    1 + n * 7919 % 200000 as actor_id,
    1 + n * 104729 % 1000000 as repo_id,
    (array['PushEvent', 'CreateEvent', 'PullRequestEvent', 'WatchEvent', 'IssueCommentEvent'])[1 + n % 5] as event_type,
    timestamptz '2026-01-01Z' + n * interval '290 ms' as event_time,
    (n / 12414 % 24)::smallint as event_hour,
    null::text as actor_login,
    case when n % 50 = 0 then 'owner/name-' || n end as repo_name,
    timestamptz '2026-02-01Z' + n * interval '1 ms' as silver_processed_at
  from generate_series(1, $1::bigint) as n`;

function createWay(
  bench: Bench,
  name: WayName,
  connectionString: string,
  rows: number,
): Way<{ peakBytes: number; bytes: number }> {
  return {
    name,
    run: async () => {
      const folder = join(bench.workDir, 'export');
      await mkdir(folder, { recursive: true });
      const out = join(folder, 'facts');
      const format: TaskInput<'export'>['format'] = name === 'COPY to a file' ? 'copy' : name;
      const { result, peakBytes } = await runInWorker(
        'export',
        { connectionString, table: 'public.facts', format, out },
        bench.signal,
      );
      expectRows(name, result.rows, rows);
      const { size } = await stat(out);
      await rm(out);
      return { ms: result.ms, result: { peakBytes, bytes: size } };
    },
  };
}
