import type { LoadResult } from './load-source.ts';

const HEADINGS = ['file', 'taken for', 'events', 'new', 'known', 'dead letters', 'status'];
const NUMERIC = new Set([2, 3, 4, 5]);

/** One line on a file that has ended. */
export function describeResult(result: LoadResult): string {
  const { name, takenFor, status, note } = result;
  const counts = [
    `${count(result.items)} ${result.items === 1 ? 'event' : 'events'}`,
    `${count(result.inserted)} new`,
    `${count(knownOf(result))} known`,
    `${count(result.deadLettered)} dead letters`,
  ];
  const what = takenFor === '' ? [] : [takenFor];
  const told = result.items === 0 ? [] : [counts.join(', ')];
  return `${name}: ${[...what, ...told, status].join(' · ')}${note === null ? '' : ` (${note})`}`;
}

/** All files as a table with a line of totals. */
export function describeResults(results: readonly LoadResult[]): string {
  const rows = results.map((result) => [
    result.name,
    result.takenFor === '' ? '–' : result.takenFor,
    count(result.items),
    count(result.inserted),
    count(knownOf(result)),
    count(result.deadLettered),
    result.status,
  ]);
  const sum = (pick: (result: LoadResult) => number) =>
    count(results.reduce((total, result) => total + pick(result), 0));
  const total = [
    `${count(results.length)} files`,
    '',
    sum(({ items }) => items),
    sum(({ inserted }) => inserted),
    sum(knownOf),
    sum(({ deadLettered }) => deadLettered),
    '',
  ];
  const lines = results.length > 1 ? [HEADINGS, ...rows, total] : [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          NUMERIC.has(column)
            ? cell.padStart(widths[column] ?? 0)
            : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Items that were dealt with before, by this file or another source, or that came twice in it. */
function knownOf({ items, inserted, deadLettered }: LoadResult): number {
  return items - inserted - deadLettered;
}

function count(number: number): string {
  return number.toLocaleString('en');
}

/** 0 when all is well, 1 when something failed, 2 when something of what was asked for is not to be had. */
export function exitCodeOf(results: readonly LoadResult[]): number {
  const statuses = new Set(results.map(({ status }) => status));
  if (statuses.has('failed')) return 1;
  return statuses.has('partial') || statuses.has('missing') ? 2 : 0;
}
