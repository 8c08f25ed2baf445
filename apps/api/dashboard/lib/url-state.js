// @ts-check
import { DEFAULT_PRESET, freeSpan, PRESETS, presetSpan } from './time-range.js';

/**
 * What the reader chose: all of it is in the address, so that a link shows the same.
 *
 * @typedef {'include' | 'exclude' | 'only'} Bots
 * @typedef {{ preset: string } | { since: number, until: number }} Range
 * @typedef {{ range: Range, bots: Bots, hidden: readonly string[] }} State `hidden`: types not drawn
 */

/** The years PostgreSQL and the calendar of the warehouse can have. */
const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/**
 * @param {string} search of an address
 * @returns {State} with the usual in place of what is missing or makes no sense
 */
export function readState(search) {
  const given = new URLSearchParams(search);
  const bots = given.get('bots');
  return {
    range: readRange(given),
    bots: bots === 'exclude' || bots === 'only' ? bots : 'include',
    hidden: (given.get('hide') ?? '').split(',').filter((type) => /^\w+$/.test(type)),
  };
}

/**
 * @param {URLSearchParams} given
 * @returns {Range}
 */
function readRange(given) {
  const since = Date.parse(given.get('since') ?? '');
  const until = Date.parse(given.get('until') ?? '');
  if (isRange(since, until)) return { since, until };
  const preset = given.get('range') ?? '';
  return { preset: Object.hasOwn(PRESETS, preset) ? preset : DEFAULT_PRESET };
}

/**
 * @param {number} since
 * @param {number} until
 * @returns {boolean} whether these are two times, the second after the first
 */
export function isRange(since, until) {
  return since < until && since >= EARLIEST && until <= LATEST;
}

/**
 * @param {State} state
 * @returns {string} search of an address, empty when all is as usual
 */
export function writeState({ range, bots, hidden }) {
  const written = new URLSearchParams();
  if ('preset' in range) {
    if (range.preset !== DEFAULT_PRESET) written.set('range', range.preset);
  } else {
    written.set('since', toIso(range.since));
    written.set('until', toIso(range.until));
  }
  if (bots !== 'include') written.set('bots', bots);
  if (hidden.length > 0) written.set('hide', hidden.join(','));
  const text = written.toString().replaceAll('%3A', ':').replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}

/**
 * @param {State} state
 * @param {number} now
 * @returns {import('./time-range.js').Span}
 */
export function spanOf({ range }, now) {
  return 'preset' in range ? presetSpan(range.preset, now) : freeSpan(range.since, range.until);
}

/**
 * @param {number} time milliseconds since 1970
 * @returns {string} 2026-11-21T14:00:00Z
 */
export const toIso = (time) => new Date(time).toISOString().replace('.000Z', 'Z');
