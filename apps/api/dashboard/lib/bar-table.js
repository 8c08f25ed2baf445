// @ts-check
import { element } from './element.js';

/**
 * @typedef {object} BarRow
 * @property {Node} label
 * @property {number} value gives the bar its length
 * @property {string} [colour] of the bar
 * @property {(string | number)[]} before cells before the label
 * @property {string[]} after cells after it
 */

/** What is beyond stays folded until the reader asks for it. */
const FIRST_ROWS = 10;

/**
 * A table with a bar under each label: chart and table in one.
 *
 * @param {object} options
 * @param {{ head: string, kind: 'rank' | 'label' | 'count' | 'share' }[]} options.columns
 * @param {readonly BarRow[]} options.rows
 * @param {boolean} options.isOpen whether all rows are shown
 * @param {(isOpen: boolean) => void} options.onOpen
 * @returns {Node[]}
 */
export function makeBarTable({ columns, rows, isOpen, onOpen }) {
  const most = Math.max(...rows.map(({ value }) => value));
  const makeRow = (/** @type {BarRow} */ { label, value, colour, before, after }) => {
    const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
    bar.style.width = `${((100 * value) / most).toFixed(2)}%`;
    if (colour !== undefined) bar.style.background = colour;
    return element(
      'tr',
      {},
      ...before.map((text) => element('td', { class: 'quiet', 'aria-hidden': 'true' }, text)),
      element('th', { scope: 'row' }, label, bar),
      ...after.map((text, index) =>
        element('td', { class: index === 0 ? 'number' : 'number quiet' }, text),
      ),
    );
  };
  const rest = element('tbody', {}, ...rows.slice(FIRST_ROWS).map(makeRow));
  const table = element(
    'table',
    { class: 'ranking' },
    element('colgroup', {}, ...columns.map(({ kind }) => element('col', { class: kind }))),
    element(
      'thead',
      { class: 'hidden' },
      element(
        'tr',
        {},
        ...columns.map(({ head, kind }) =>
          element(
            'th',
            { scope: 'col', 'aria-hidden': kind === 'rank' ? 'true' : undefined },
            head,
          ),
        ),
      ),
    ),
    element('tbody', {}, ...rows.slice(0, FIRST_ROWS).map(makeRow)),
    rest,
  );
  rest.hidden = !isOpen;
  if (rows.length <= FIRST_ROWS) return [table];
  const more = element('button', { type: 'button', class: 'more' });
  const label = () => {
    more.textContent = rest.hidden ? `Show all ${rows.length}` : `Show the first ${FIRST_ROWS}`;
    more.setAttribute('aria-expanded', String(!rest.hidden));
  };
  label();
  more.addEventListener('click', () => {
    rest.hidden = !rest.hidden;
    label();
    onOpen(!rest.hidden);
  });
  return [table, more];
}
