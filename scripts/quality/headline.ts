import type { Report } from './report.ts';

/** What matters most, in a sentence or two. */
export function headlineOf({ totals, checks }: Pick<Report, 'totals' | 'checks'>): string {
  const count = checks.length;
  if (count === 0) return 'No check has run yet.';
  const parts = [
    totals.fail > 0 ? `${totals.fail} failed` : '',
    totals.error > 0 ? `${totals.error} could not be run` : '',
    totals.warn > 0 ? `${totals.warn} ${totals.warn === 1 ? 'warns' : 'warn'}` : '',
    totals.skipped > 0 ? `${totals.skipped} skipped for want of history` : '',
  ].filter((part) => part !== '');
  if (parts.length === 0) return `All ${count} checks passed.`;
  return `Of ${count} checks, ${totals.pass} passed: ${parts.join(', ')}.`.replace(': ', ', ');
}
