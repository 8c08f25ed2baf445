import { formatCount, formatDuration } from '../../apps/shared/report/quantities.ts';
import { textTable } from '../../apps/shared/report/text-table.ts';
import { headlineOf } from './headline.ts';
import type { CheckReport, Report } from './report.ts';

export interface ShowOptions {
  /** Show the sample of rows below each check, and checks that passed as well. */
  showsRows: boolean;
  htmlFile: string | undefined;
  isTerminal: boolean;
}

/** The report for a terminal: the headline, then a line for each check that did not pass. */
export function showReport(
  report: Report,
  { showsRows, htmlFile, isTerminal }: ShowOptions,
): string {
  const shown = report.checks.filter(({ status }) => showsRows || status !== 'pass');
  const rows = shown.map((check) => [
    check.status,
    check.name,
    countOf(check),
    check.layer ?? '',
    check.category,
    formatDuration(check.duration_ms),
  ]);
  const table = textTable(['status', 'check', 'rows:', 'layer', 'category', 'took:'], rows, {
    isTerminal,
  });
  const notes = shown
    .filter(({ message }) => message !== null)
    .map(({ name, message }) => `${name}: ${message}\n`);
  const samples = showsRows ? shown.filter(({ row_count }) => row_count !== 0).map(sampleOf) : [];
  return [
    `${headlineOf(report)}\n`,
    rows.length === 0 ? '' : `\n${table}`,
    notes.length === 0 ? '' : `\n${notes.join('')}`,
    ...samples,
    htmlFile === undefined ? '' : `\nThe report is in ${htmlFile}\n`,
  ].join('');
}

function countOf({ row_count, is_row_count_exact, status }: CheckReport): string {
  if (row_count === null || status === 'skipped') return '';
  return `${is_row_count_exact ? '' : '> '}${formatCount(row_count)}`;
}

function sampleOf({ name, columns, sample }: CheckReport): string {
  if (sample.length === 0) return '';
  const rows = sample.map((row) => columns.map((column) => textOf(row[column])));
  return `\n${name}, ${sample.length === 1 ? 'one row' : `the first ${sample.length} rows`}:\n${textTable(columns, rows)}`;
}

/** A value of a row as text; NULL as SQL writes it. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** 2 when a check of severity fail found something, else 1 when one could not be run, else 3 for warnings if strict. */
export function exitCodeOf({ totals }: Pick<Report, 'totals'>, isStrict: boolean): number {
  if (totals.fail > 0) return 2;
  if (totals.error > 0) return 1;
  return isStrict && totals.warn > 0 ? 3 : 0;
}
