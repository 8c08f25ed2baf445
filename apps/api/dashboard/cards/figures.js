// @ts-check
import { byId, element } from '../lib/element.js';
import {
  countOf,
  formatClock,
  formatCount,
  formatDayOfYear,
  formatInterval,
  formatShare,
  formatSpan,
  UNKNOWN,
} from '../lib/format.js';

/**
 * @typedef {object} Figure
 * @property {string} value
 * @property {string} note
 * @property {'good' | 'odd' | 'bad' | 'none'} kind
 */

/** Label and the card that tells more. */
const FIGURES = /** @type {const} */ ({
  events: ['Events', '#events'],
  captured: ['Share captured', '#capture-title'],
  lag: ['Gold behind by', '#layers'],
  letters: ['Dead letters open', '#dead-letters'],
  checks: ['Checks', '#quality'],
  runs: ['Failed runs', '#runs'],
});

/** The few numbers to look at first. Each leads to the card that tells more. */
export function createFigures() {
  const list = byId('figures');
  const places = Object.fromEntries(
    Object.entries(FIGURES).map(([name, [label, target]]) => {
      const value = element('dd', { class: 'value' }, UNKNOWN);
      const note = element('dd', { class: 'note' }, '\u00a0');
      const box = element(
        'div',
        { class: 'figure', 'data-figure': name },
        element('dt', {}, element('a', { href: target }, label)),
        value,
        note,
      );
      list.append(box);
      return [name, { box, value, note }];
    }),
  );

  /**
   * @param {keyof typeof FIGURES} name
   * @param {Figure} figure
   */
  function set(name, { value, note, kind }) {
    const place = places[name];
    if (place === undefined) return;
    place.value.textContent = value;
    place.note.textContent = note === '' ? '\u00a0' : note;
    place.box.dataset.kind = kind;
  }

  return {
    /** @param {import('../lib/answers.js').Activity} activity */
    showActivity({ series, bucket }) {
      const total = series.reduce((sum, point) => sum + point.total, 0);
      set('events', { value: formatCount(total), note: 'in the range', kind: 'none' });
      const last = series.findLast(({ capture_rate }) => capture_rate !== null);
      if (last === undefined) {
        set('captured', { value: UNKNOWN, note: 'no estimate in the range', kind: 'none' });
        return;
      }
      const date = new Date(last.time);
      const when =
        bucket === 'hour' ? `${formatDayOfYear(date)} ${formatClock(date)}` : formatDayOfYear(date);
      set('captured', {
        value: formatShare(last.capture_rate),
        note: `${formatInterval(last.capture_low, last.capture_high)}, ${when}`,
        kind: 'none',
      });
    },
    /** @param {import('../lib/answers.js').Health} health */
    showHealth({ components: { gold } }) {
      set('lag', {
        value: formatSpan(gold.lag_seconds),
        note: gold.status === 'ok' ? 'as it should be' : (gold.reason ?? gold.status),
        kind: gold.status === 'ok' ? 'good' : gold.status === 'degraded' ? 'odd' : 'bad',
      });
    },
    /** @param {import('../lib/answers.js').DeadLetters} letters */
    showDeadLetters({ open, resolved }) {
      set('letters', {
        value: formatCount(open),
        note: `${formatCount(resolved)} resolved in the range`,
        kind: open === 0 ? 'good' : 'odd',
      });
    },
    /** @param {import('../lib/answers.js').Quality} quality */
    showQuality({ counts: { pass, warn, fail, error, skipped } }) {
      const total = pass + warn + fail + error + skipped;
      const bad = fail + error;
      set('checks', {
        value:
          total === 0
            ? UNKNOWN
            : bad > 0
              ? `${bad} failing`
              : warn > 0
                ? countOf(warn, 'warning')
                : 'all well',
        note:
          total === 0
            ? 'none has run yet'
            : `${pass} of ${total} passed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
        kind: total === 0 ? 'none' : bad > 0 ? 'bad' : warn > 0 ? 'odd' : 'good',
      });
    },
    /** @param {import('../lib/answers.js').Runs} runs */
    showRuns({ items }) {
      const failed = items.filter(({ status }) => status === 'failed').length;
      set('runs', {
        value: formatCount(failed),
        note: `of ${formatCount(items.length)} in the range`,
        kind: items.length === 0 ? 'none' : failed === 0 ? 'good' : 'bad',
      });
    },
  };
}
