import type { Report } from './report.ts';

/** What matters most, in a sentence or two. */
export function headlineOf({ totals, checks }: Pick<Report, 'totals' | 'checks'>): string {
  const count = checks.length;
  if (count === 0) return 'No check has run yet.';
  if (totals.pass === count) return `All ${count} checks passed.`;
  const parts = [
    totals.fail > 0 ? `${totals.fail} failed` : '',
    totals.error > 0 ? `${totals.error} could not be run` : '',
    totals.warn > 0 ? `${totals.warn} ${totals.warn === 1 ? 'warns' : 'warn'}` : '',
    totals.pass > 0 ? `${totals.pass} passed` : '',
    totals.skipped > 0 ? `${totals.skipped} had too little to go by` : '',
  ].filter((part) => part !== '');
  return `Of ${count} ${count === 1 ? 'check' : 'checks'} ${parts.join(', ')}.`;
}
