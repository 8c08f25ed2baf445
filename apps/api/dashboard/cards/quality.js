// @ts-check
import { openCard } from '../lib/card.js';
import { element } from '../lib/element.js';
import { countOf, formatAge, formatCount } from '../lib/format.js';
import { makeStatus } from '../lib/status.js';

/** @typedef {import('../lib/answers.js').Quality} Quality */

const STATUSES = /** @type {const} */ (['fail', 'error', 'warn', 'skipped', 'pass']);

/** The checks that do not pass, and how many do. */
export function createQualityCard() {
  const card = openCard('quality');
  const passed = element('details', { class: 'as-table' });
  let isFirst = true;
  return {
    ...card,
    /** @param {Quality} quality */
    show({ checked_at, counts, checks }) {
      const total = STATUSES.reduce((sum, status) => sum + counts[status], 0);
      if (total === 0) {
        card.body.replaceChildren(
          element(
            'p',
            { class: 'quiet' },
            'No check has run yet. They run after each load of gold.',
          ),
        );
        return;
      }
      const bar = element('div', { class: 'shares', 'aria-hidden': 'true' });
      for (const status of STATUSES) {
        if (counts[status] === 0) continue;
        const part = element('span', { class: `part ${status}` });
        part.style.flexGrow = String(counts[status]);
        bar.append(part);
      }
      const wrong = checks.filter(({ status }) => status !== 'pass' && status !== 'skipped');
      const rest = checks.filter(({ status }) => status === 'pass' || status === 'skipped');
      // With nothing to complain of there is room to show what was looked at.
      if (isFirst) passed.open = wrong.length === 0;
      isFirst = false;
      passed.replaceChildren(
        element(
          'summary',
          {},
          `${formatCount(counts.pass)} passed, ${formatCount(counts.skipped)} skipped`,
        ),
        element(
          'ul',
          { class: 'checks', tabindex: 0, role: 'list', 'aria-label': 'Checks that passed' },
          ...rest.map(makeCheck),
        ),
      );
      card.body.replaceChildren(
        element('p', { class: 'headline' }, headline(counts, total)),
        bar,
        element('ul', { class: 'checks' }, ...wrong.map(makeCheck)),
        ...(rest.length > 0 ? [passed] : []),
        element('p', { class: 'quiet' }, `Checked ${formatAge(checked_at, Date.now())}.`),
      );
    },
  };
}

/**
 * @param {Quality['counts']} counts
 * @param {number} total
 */
function headline({ pass, warn, fail, error, skipped }, total) {
  const parts = [
    fail > 0 ? `${formatCount(fail)} ${fail === 1 ? 'fails' : 'fail'}` : '',
    error > 0 ? `${formatCount(error)} broke off` : '',
    warn > 0 ? `${formatCount(warn)} ${warn === 1 ? 'warns' : 'warn'}` : '',
  ].filter((part) => part !== '');
  if (parts.length > 0) return `Of ${countOf(total, 'check')} ${parts.join(', ')}.`;
  return skipped === 0
    ? `All ${countOf(pass, 'check')} passed.`
    : `No check of ${formatCount(total)} complains.`;
}

/** @param {Quality['checks'][number]} check */
function makeCheck({ name, status, layer, row_count, is_row_count_exact, message }) {
  const rows =
    row_count === null || row_count === 0
      ? ''
      : `${is_row_count_exact ? '' : 'at least '}${countOf(row_count, 'row')}`;
  return element(
    'li',
    {},
    makeStatus(status),
    element('span', { class: 'check' }, name.replaceAll('_', ' ')),
    element(
      'span',
      { class: 'quiet' },
      [layer ?? '', rows].filter((text) => text !== '').join(', '),
    ),
    message === null || status === 'pass' ? null : element('span', { class: 'reason' }, message),
  );
}
