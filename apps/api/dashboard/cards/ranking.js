// @ts-check
import { openCard } from '../lib/card.js';
import { element } from '../lib/element.js';
import { formatCount } from '../lib/format.js';

/** @typedef {import('../lib/answers.js').Top} Top */

/**
 * Repositories or actors with the most events, as a table with a bar behind each number.
 *
 * @param {'repositories' | 'actors'} id of the section
 */
export function createRankingCard(id) {
  const card = openCard(id);
  return {
    ...card,
    /** @param {Top} top */
    show({ items }) {
      if (items.length === 0) {
        card.body.replaceChildren(element('p', { class: 'quiet' }, 'No events in this range.'));
        return;
      }
      const most = Math.max(...items.map(({ events }) => events));
      const rows = items.map(({ id: key, name, events, is_bot }, index) => {
        const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
        bar.style.width = `${((100 * events) / most).toFixed(2)}%`;
        const label = element('span', { class: 'clip' }, name);
        label.title = `${name} (id ${key})`;
        return element(
          'tr',
          {},
          element('td', { class: 'rank', 'aria-hidden': 'true' }, index + 1),
          element(
            'th',
            { scope: 'row' },
            element(
              'span',
              { class: 'with-tag' },
              label,
              is_bot ? element('span', { class: 'tag' }, 'bot') : null,
            ),
            bar,
          ),
          element('td', { class: 'number' }, formatCount(events)),
        );
      });
      card.body.replaceChildren(
        element(
          'table',
          { class: 'ranking' },
          element(
            'thead',
            { class: 'hidden' },
            element(
              'tr',
              {},
              element('th', { scope: 'col', 'aria-hidden': 'true' }, 'Rank'),
              element('th', { scope: 'col' }, id === 'actors' ? 'Actor' : 'Repository'),
              element('th', { scope: 'col' }, 'Events'),
            ),
          ),
          element('tbody', {}, ...rows),
        ),
      );
    },
  };
}
