import { formatBytes, formatCount, formatDuration } from '../../apps/shared/report/quantities.ts';
import { textTable } from '../../apps/shared/report/text-table.ts';
import type { Figure, Verdict } from './bench-types.ts';
import type { Machine } from './describe-machine.ts';
import type { Payloads } from './make-events.ts';

/** All that a run of the benchmark found; what is written as JSON. */
export interface BenchReport {
  measuredAt: string;
  machine: Machine;
  settings: {
    events: number;
    payloads: Payloads;
    bytes: number | null;
    seed: number;
    rounds: number;
  };
  figures: Figure[];
  verdicts: Verdict[];
}

/** The figures as a table, one line each. */
export function figureTable(figures: readonly Figure[], isTerminal: boolean): string {
  const rows = figures.map((one, index) => [
    figures[index - 1]?.part === one.part ? '' : one.part,
    one.way,
    formatDuration(one.ms),
    one.events === null ? '' : formatCount(Math.round(perSecond(one.events, one))),
    one.bytes === null ? '' : (perSecond(one.bytes, one) / 1e6).toFixed(1),
    one.ratio === null ? '' : one.ratio.toFixed(one.ratio < 0.1 ? 3 : 2),
    one.peakBytes === null ? '' : formatBytes(one.peakBytes),
    one.rows === null ? '' : formatCount(one.rows),
    one.note ?? '',
  ]);
  const headers = [
    'part',
    'way',
    'time:',
    'events/s:',
    'MB/s:',
    'of floor:',
    'peak memory:',
    'rows:',
    'note',
  ];
  return textTable(headers, rows, { isTerminal });
}

/** The targets, and whether each was met. */
export function verdictTable(verdicts: readonly Verdict[], isTerminal: boolean): string {
  const rows = verdicts.map(({ part, what, measured, target, isMet }) => [
    part,
    what,
    measured,
    target,
    isMet ? 'met' : 'not met',
  ]);
  return textTable(['part', 'target of', 'measured:', 'target:', ''], rows, { isTerminal });
}

/** What was measured, and where: a line each. */
export function describeRun({
  machine,
  settings,
}: Pick<BenchReport, 'machine' | 'settings'>): [data: string, machine: string] {
  const { cpu, cores, memoryBytes, system, node, postgres } = machine;
  const size = settings.bytes === null ? '' : ` (${formatBytes(settings.bytes)} of JSON)`;
  return [
    `${formatCount(settings.events)} events with ${settings.payloads} payloads${size}, seed ${settings.seed}; of ${settings.rounds} runs the median`,
    `PostgreSQL ${postgres}, Node.js ${node}, ${system}, ${cores} × ${cpu}, ${formatBytes(memoryBytes)} of memory`,
  ];
}

function perSecond(amount: number, { ms }: Figure): number {
  return (amount / ms) * 1000;
}
