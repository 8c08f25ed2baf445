// @ts-check
/** Numbers, spans and times as text. Times are UTC, whatever zone the reader lives in. */

const wholeNumber = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What stands where nothing is known. */
export const UNKNOWN = '–';

/**
 * @param {number | string | null | undefined} count
 * @returns {string} 12,345
 */
export function formatCount(count) {
  return count === null || count === undefined ? UNKNOWN : wholeNumber.format(Number(count));
}

/**
 * @param {number} count
 * @returns {string} for axes: 800, 1.2k, 15k, 3M
 */
export function formatShort(count) {
  if (count >= 1e9) return `${trim(count / 1e9)}G`;
  if (count >= 1e6) return `${trim(count / 1e6)}M`;
  if (count >= 1e3) return `${trim(count / 1e3)}k`;
  return trim(count);
}

/** @param {number} value */
const trim = (value) => String(Number(value.toFixed(value < 10 ? 1 : 0)));

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 * @returns {string} 1 run, 12 runs
 */
export function countOf(count, one, many = `${one}s`) {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/**
 * @param {number | null | undefined} share from 0 to 1
 * @returns {string} 41 %, 4.1 %, 0.04 %
 */
export function formatShare(share) {
  if (share === null || share === undefined) return UNKNOWN;
  const percent = 100 * share;
  if (percent === 0 || percent >= 99.95) return `${Math.round(percent)} %`;
  if (percent < 0.01) return '< 0.01 %';
  return `${percent < 1 ? percent.toFixed(2) : percent.toFixed(1)} %`;
}

/**
 * @param {number | null | undefined} low share from 0 to 1
 * @param {number | null | undefined} high
 * @returns {string} 57.5 to 75.4 %
 */
export function formatInterval(low, high) {
  if (low === null || low === undefined) return UNKNOWN;
  return `${formatShare(low).replace(' %', '')} to ${formatShare(high)}`;
}

/**
 * @param {number | null | undefined} seconds
 * @returns {string} 8 s, 5 min, 3 h 20 min, 4 d
 */
export function formatSpan(seconds) {
  if (seconds === null || seconds === undefined) return UNKNOWN;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 100) return `${whole} s`;
  if (whole < 100 * MINUTE) return `${Math.round(whole / MINUTE)} min`;
  if (whole < 10 * HOUR) {
    const minutes = Math.floor((whole % HOUR) / MINUTE);
    return minutes === 0
      ? `${Math.floor(whole / HOUR)} h`
      : `${Math.floor(whole / HOUR)} h ${minutes} min`;
  }
  if (whole < 2 * DAY) return `${Math.round(whole / HOUR)} h`;
  return `${wholeNumber.format(Math.round(whole / DAY))} d`;
}

/**
 * @param {number | null | undefined} milliseconds
 * @returns {string} 84 ms, 1.2 s, 5 min
 */
export function formatDuration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return UNKNOWN;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return formatSpan(milliseconds / 1000);
}

/**
 * @param {string | null | undefined} time ISO 8601
 * @param {number} now milliseconds since 1970
 * @returns {string} 8 s ago
 */
export function formatAge(time, now) {
  if (time === null || time === undefined) return 'never';
  return `${formatSpan((now - Date.parse(time)) / 1000)} ago`;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const WEEKDAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

/** @param {number} value */
const twoDigits = (value) => String(value).padStart(2, '0');

/**
 * @param {Date} date
 * @returns {string} 14:00
 */
export function formatClock(date) {
  return `${twoDigits(date.getUTCHours())}:${twoDigits(date.getUTCMinutes())}`;
}

/**
 * @param {Date} date
 * @returns {string} 14:03:05
 */
export function formatClockSeconds(date) {
  return `${formatClock(date)}:${twoDigits(date.getUTCSeconds())}`;
}

/**
 * @param {Date} date
 * @returns {string} 21 Nov
 */
export function formatDayOfYear(date) {
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

/**
 * @param {Date} date
 * @returns {string} Nov 2026
 */
export function formatMonth(date) {
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/**
 * @param {Date} date
 * @returns {string} Sat 21 Nov 2026
 */
export function formatDay(date) {
  return `${WEEKDAYS[date.getUTCDay()]} ${formatDayOfYear(date)} ${date.getUTCFullYear()}`;
}

/**
 * @param {string | null | undefined} time ISO 8601
 * @returns {string} 21 Nov 2026 14:03
 */
export function formatTime(time) {
  if (time === null || time === undefined) return UNKNOWN;
  const date = new Date(time);
  return `${formatDayOfYear(date)} ${date.getUTCFullYear()} ${formatClock(date)}`;
}

/**
 * @param {number} start milliseconds since 1970
 * @param {'hour' | 'day'} bucket
 * @returns {string} Sat 21 Nov 2026, 14:00 to 15:00
 */
export function formatBucket(start, bucket) {
  const date = new Date(start);
  if (bucket === 'day') return formatDay(date);
  return `${formatDay(date)}, ${formatClock(date)} to ${formatClock(new Date(start + HOUR * 1000))}`;
}
