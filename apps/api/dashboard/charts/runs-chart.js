// @ts-check
import { svg } from '../lib/element.js';
import {
  formatClock,
  formatClockSeconds,
  formatDayOfYear,
  formatDuration,
  formatTime,
} from '../lib/format.js';

/** @typedef {import('../lib/answers.js').Run} Run */

const HEIGHT = 34;
const MARK = 3;
/** Within this the minute alone would not tell the ends apart. */
const SHORT_MS = 10 * 60_000;

/**
 * The runs of one pipeline along time: as high as they took long (on a log scale), failed ones full height with a
 * cross, a run under way hollow.
 *
 * @param {readonly Run[]} runs
 * @param {{ from: number, to: number, longestMs: number, width: number }} frame
 * @returns {SVGSVGElement}
 */
export function drawRuns(runs, { from, to, longestMs, width }) {
  const x = (/** @type {number} */ time) =>
    2 + ((time - from) / Math.max(1, to - from)) * (width - 8);
  const marks = runs.map((run) => {
    const left = x(Date.parse(run.started_at));
    const right = x(run.finished_at === null ? to : Date.parse(run.finished_at));
    const share = Math.log1p(run.duration_ms ?? 0) / Math.log1p(Math.max(1, longestMs));
    const isFailed = run.status === 'failed';
    const height =
      isFailed || run.status === 'running' ? HEIGHT - 12 : Math.max(3, share * (HEIGHT - 12));
    const bar = svg(
      'rect',
      {
        class: `run ${run.status}`,
        x: left.toFixed(1),
        y: (HEIGHT - 2 - height).toFixed(1),
        width: Math.max(2, right - left).toFixed(1),
        height: height.toFixed(1),
        rx: 1,
      },
      svg('title', {}, describeRun(run)),
    );
    if (!isFailed) return bar;
    const middle = left + 1;
    const cross = svg('path', {
      class: 'cross',
      d: `M${middle - MARK} ${5 - MARK}l${2 * MARK} ${2 * MARK}m0 ${-2 * MARK}l${-2 * MARK} ${2 * MARK}`,
    });
    return svg('g', {}, bar, cross);
  });
  return svg(
    'svg',
    {
      width,
      height: HEIGHT,
      viewBox: `0 0 ${width} ${HEIGHT}`,
      'aria-hidden': 'true',
    },
    svg('line', { class: 'ground', x1: 0, x2: width, y1: HEIGHT - 1.5, y2: HEIGHT - 1.5 }),
    ...marks,
  );
}

/** @param {Run} run */
function describeRun({ pipeline, status, started_at, duration_ms, rows_out, error }) {
  const rows = rows_out === null ? '' : `, ${rows_out} rows out`;
  return `${pipeline} ${status}, ${formatTime(started_at)} UTC, ${formatDuration(duration_ms)}${rows}${error === null ? '' : `: ${error}`}`;
}

/**
 * @param {number} from
 * @param {number} to
 * @returns {[string, string]} what stands at the ends of the lanes
 */
export function labelEnds(from, to) {
  const label = (/** @type {number} */ time) => {
    const date = new Date(time);
    const clock = to - from < SHORT_MS ? formatClockSeconds(date) : formatClock(date);
    return `${formatDayOfYear(date)} ${clock}`;
  };
  return [label(from), label(to)];
}
