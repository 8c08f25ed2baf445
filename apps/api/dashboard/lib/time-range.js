// @ts-check
/**
 * Which span of time the page shows. Both ends lie on whole hours, or days, so that the address asked stays the same
 * while the hour lasts and an unchanged answer costs nothing.
 *
 * @typedef {'hour' | 'day'} Bucket
 * @typedef {{ since: number, until: number, bucket: Bucket }} Span `since` inclusive, `until` exclusive, milliseconds since 1970
 */

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** Beyond this an hour is thinner than a pixel of a phone. */
const LONGEST_BY_HOUR_MS = 14 * DAY_MS;

/** @type {Readonly<Record<string, number>>} */
export const PRESETS = {
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '90d': 90 * DAY_MS,
  '365d': 365 * DAY_MS,
};
export const DEFAULT_PRESET = '7d';

/** @param {Bucket} bucket */
export const bucketMs = (bucket) => (bucket === 'hour' ? HOUR_MS : DAY_MS);

/**
 * The span of a preset, up to the end of the hour (or day) that runs.
 *
 * @param {string} preset one of PRESETS
 * @param {number} now
 * @returns {Span}
 */
export function presetSpan(preset, now) {
  const length = PRESETS[preset] ?? DAY_MS;
  const bucket = bucketOf(length);
  const step = bucketMs(bucket);
  const until = Math.floor(now / step) * step + step;
  return { since: until - length, until, bucket };
}

/**
 * The span between two times, widened to whole hours, or days when it is long.
 *
 * @param {number} since
 * @param {number} until
 * @returns {Span}
 */
export function freeSpan(since, until) {
  const bucket = bucketOf(until - since);
  const step = bucketMs(bucket);
  const start = Math.floor(since / step) * step;
  return { since: start, until: Math.max(start + step, Math.ceil(until / step) * step), bucket };
}

/** @param {number} length */
const bucketOf = (length) => (length <= LONGEST_BY_HOUR_MS ? 'hour' : 'day');

/**
 * @param {number} time
 * @returns {string} 2026-11-21T14:00, as an input of the kind datetime-local wants it, in UTC
 */
export const toInput = (time) => new Date(time).toISOString().slice(0, 16);

/**
 * @param {string} text what such an input holds
 * @returns {number} NaN when it is no time
 */
export const fromInput = (text) => Date.parse(`${text}:00Z`.replace(/(:\d\d:\d\d):00Z$/, '$1Z'));

/**
 * Every start of an hour or day in the span.
 *
 * @param {Span} span
 * @returns {number[]}
 */
export function bucketsOf({ since, until, bucket }) {
  const step = bucketMs(bucket);
  return Array.from(
    { length: Math.ceil((until - since) / step) },
    (_, index) => since + index * step,
  );
}
