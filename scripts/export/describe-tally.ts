import { formatBytes, formatCount, formatDuration } from '../../apps/shared/report/quantities.ts';
import type { Tally } from './export-types.ts';
import { STDOUT } from './read-export-options.ts';

/** The line while it runs, such as `412,000 rows · 38,000 rows/s · 61.8 MB · 5.7 MB/s`. */
export function describeProgress({ rows, bytes }: Tally, ms: number): string {
  return [...amounts(rows, ms), formatBytes(bytes), `${formatBytes((bytes / ms) * 1000)}/s`].join(
    ' · ',
  );
}

/** The line at the end, such as `412,000 rows · 38,000 rows/s · 61.8 MB · 10.8 s · events.parquet`. */
export function describeResult({ rows, bytes, files }: Tally, ms: number, out: string): string {
  const where = out === STDOUT ? [] : [files === 1 ? out : `${formatCount(files)} files in ${out}`];
  return [...amounts(rows, ms), formatBytes(bytes), formatDuration(ms), ...where].join(' · ');
}

function amounts(rows: number, ms: number): string[] {
  const rate = Math.round((rows / Math.max(ms, 1)) * 1000);
  return [rows === 1 ? '1 row' : `${formatCount(rows)} rows`, `${formatCount(rate)} rows/s`];
}
