// @ts-check
import { element } from './element.js';

/**
 * @typedef {object} Column
 * @property {string} head
 * @property {boolean} [isNumber] to the right, in tabular figures
 * @property {boolean} [isName] the head of its row
 */

/**
 * A table of rows that are known.
 *
 * @param {string} caption what it shows, for those who hear it
 * @param {readonly Column[]} columns
 * @param {readonly (readonly (Node | string | number | null)[])[]} rows
 * @returns {HTMLElement} in a box that scrolls sideways by itself when the screen is narrow
 */
export function makeTable(caption, columns, rows) {
  const head = columns.map(({ head, isNumber }) =>
    element('th', { scope: 'col', class: isNumber ? 'number' : undefined }, head),
  );
  const body = rows.map((row) =>
    element(
      'tr',
      {},
      ...columns.map(({ isNumber, isName }, index) =>
        isName
          ? element('th', { scope: 'row' }, row[index])
          : element('td', { class: isNumber ? 'number' : undefined }, row[index]),
      ),
    ),
  );
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', { class: 'hidden' }, caption),
      element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...body),
    ),
  );
}

/**
 * The same figures as a chart, as a table that is made when it is opened, and kept up to date while it is open.
 *
 * @param {() => HTMLElement} make
 */
export function createTableAlternative(make) {
  const summary = element('summary', {}, 'As a table');
  const details = element('details', { class: 'as-table' }, summary);
  const fill = () => details.replaceChildren(summary, ...(details.open ? [make()] : []));
  details.addEventListener('toggle', fill);
  return {
    element: details,
    update() {
      if (details.open) fill();
    },
  };
}
