// @ts-check
import uPlot from '/assets/uplot/uPlot.esm.js';
import { formatClock, formatDayOfYear, formatMonth } from '../lib/format.js';
import { cssColour } from '../lib/palette.js';

/** Both time charts have axes of this width, so that their hours stand above each other. */
const AXIS_WIDTH = 52;
/** Room for half a label of time. */
export const RIGHT_EDGE = 20;
const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';
const HOUR = 3600;
const DAY = 24 * HOUR;
/** From an hour to a year; the months are made by `splitMonths`. */
const STEPS = [1, 2, 3, 6, 12]
  .map((hours) => hours * HOUR)
  .concat([1, 2, 7, 14].map((d) => d * DAY));

/** Steps of an axis that counts: 1, 2, 5, 10, and so on. */
const WHOLE_STEPS = Array.from({ length: 12 }, (_, power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
).flat();

/** uPlot works in local time unless told otherwise. */
export const inUtc = (/** @type {number} */ seconds) =>
  uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC');

/**
 * @param {boolean} hasLabels
 * @returns {uPlot.Axis}
 */
export function timeAxis(hasLabels) {
  return {
    stroke: () => cssColour('--quiet'),
    font: FONT,
    grid: { show: false },
    ticks: { show: hasLabels, stroke: () => cssColour('--line'), size: 4, width: 1 },
    size: hasLabels ? 28 : 4,
    gap: 4,
    space: 64,
    splits: (_, __, min, max, ___, space) =>
      splitTime(min, max, _.bbox.width / uPlot.pxRatio, space),
    values: (_, splits) => (hasLabels ? labelTimes(splits) : splits.map(() => '')),
  };
}

/**
 * Ticks at whole hours, days or months of UTC.
 *
 * @param {number} min seconds
 * @param {number} max
 * @param {number} width in pixels
 * @param {number} space each label needs at least
 * @returns {number[]}
 */
function splitTime(min, max, width, space) {
  const most = Math.max(1, width / Math.max(space, 64));
  const step = STEPS.find((candidate) => (max - min) / candidate <= most);
  if (step === undefined) return splitMonths(min, max, most);
  const first = Math.ceil(min / step) * step;
  const ticks = [];
  for (let at = first; at <= max; at += step) ticks.push(at);
  return ticks;
}

/**
 * @param {number} min
 * @param {number} max
 * @param {number} most
 */
function splitMonths(min, max, most) {
  const months = (max - min) / (30.4 * DAY);
  const step = [1, 2, 3, 6, 12, 24, 60, 120].find((candidate) => months / candidate <= most) ?? 240;
  const start = new Date(min * 1000);
  const ticks = [];
  for (let month = start.getUTCFullYear() * 12 + start.getUTCMonth(); ; month++) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1) / 1000;
    if (at > max) return ticks;
    if (month % step === 0 && at >= min) ticks.push(at);
  }
}

/**
 * The clock within a day, the day at midnight, the month where only months are told.
 *
 * @param {readonly number[]} splits seconds
 */
function labelTimes(splits) {
  const dates = splits.map((seconds) => new Date(seconds * 1000));
  const isMonthly =
    dates.length > 0 && dates.every((date) => date.getUTCDate() === 1 && date.getUTCHours() === 0);
  if (isMonthly && dates.length > 1) return dates.map(formatMonth);
  return dates.map((date) =>
    date.getUTCHours() === 0 ? formatDayOfYear(date) : formatClock(date),
  );
}

/**
 * @param {object} options
 * @param {(value: number) => string} options.format
 * @param {boolean} options.isWhole there is no half an event
 * @returns {uPlot.Axis}
 */
export function valueAxis({ format, isWhole }) {
  return {
    stroke: () => cssColour('--quiet'),
    font: FONT,
    grid: { stroke: () => cssColour('--grid'), width: 1 },
    ticks: { show: false },
    size: AXIS_WIDTH,
    gap: 8,
    space: 36,
    ...(isWhole ? { incrs: WHOLE_STEPS } : {}),
    values: (_, splits) => splits.map((value) => (value === null ? '' : format(value))),
  };
}

/**
 * Keeps a chart as wide as its host.
 *
 * @param {HTMLElement} host
 * @param {number} height
 * @param {() => uPlot | undefined} chart
 */
export function followWidth(host, height, chart) {
  new ResizeObserver(() => {
    const width = host.clientWidth;
    const current = chart();
    if (current !== undefined && width > 0 && width !== current.width) {
      current.setSize({ width, height });
    }
  }).observe(host);
}
