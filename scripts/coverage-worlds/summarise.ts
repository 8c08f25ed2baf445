import type { Verdict } from './judge-world.ts';

/** How the estimates of one type came out over all worlds. Shares are 0 to 1. */
export interface Summary {
  eventType: string;
  meanActual: number;
  meanCaptureRate: number;
  days: number;
  /** Days for which something was stated. */
  daysStated: number;
  /** Days whose true total lies in the interval. */
  daysInside: number;
  /** Mean of (estimate − truth) / truth. */
  bias: number;
  /** Mean of (high − low) / truth. */
  width: number;
  /** Of the hours for which something was stated, in how many the true total lies in the interval. */
  hoursInside: number;
  /** Of all hours with a captured event, for how many something was stated. */
  hoursStated: number;
}

export function summarise(eventType: string, verdicts: readonly Verdict[]): Summary {
  const days = verdicts.filter((verdict) => verdict.span === 'day');
  const hours = verdicts.filter((verdict) => verdict.span === 'hour');
  const statedDays = days.filter((day) => day.estimate !== null);
  const statedHours = hours.filter((hour) => hour.estimate !== null);
  return {
    eventType,
    meanActual: mean(days.map((day) => day.actual)),
    meanCaptureRate: mean(days.map((day) => day.captured / day.actual)),
    days: days.length,
    daysStated: statedDays.length,
    daysInside: days.filter(isInside).length,
    bias: mean(statedDays.map((day) => ((day.estimate?.total ?? 0) - day.actual) / day.actual)),
    width: mean(
      statedDays.map((day) => ((day.estimate?.high ?? 0) - (day.estimate?.low ?? 0)) / day.actual),
    ),
    hoursInside: statedHours.filter(isInside).length / statedHours.length,
    hoursStated: statedHours.length / hours.length,
  };
}

function isInside({ actual, estimate }: Verdict): boolean {
  return estimate !== null && estimate.low <= actual && actual <= estimate.high;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** One line a summary, columns aligned. */
export function writeTable(summaries: readonly Summary[]): string {
  const head = ['', 'a day', 'captured', 'day inside', 'bias', 'width', 'hours inside', 'stated'];
  const lines = summaries.map((summary) => [
    summary.eventType,
    Math.round(summary.meanActual).toString(),
    percent(summary.meanCaptureRate, 0),
    `${summary.daysInside} of ${summary.daysStated}`,
    `${summary.bias > 0 ? '+' : ''}${percent(summary.bias, 1)}`,
    percent(summary.width, 1),
    percent(summary.hoursInside, 1),
    percent(summary.hoursStated, 0),
  ]);
  return [head, ...lines]
    .map(
      ([name = '', ...cells]) => name.padEnd(28) + cells.map((cell) => cell.padStart(13)).join(''),
    )
    .join('\n');
}

function percent(share: number, digits: number): string {
  return Number.isNaN(share) ? '–' : `${(100 * share).toFixed(digits)} %`;
}
