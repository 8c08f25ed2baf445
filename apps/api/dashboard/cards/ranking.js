// @ts-check
import { makeBarTable } from '../lib/bar-table.js';
import { openCard } from '../lib/card.js';
import { element } from '../lib/element.js';
import { formatCount } from '../lib/format.js';

/** @typedef {import('../lib/answers.js').Top} Top */

/**
 * Repositories or actors with the most events, as a table with a bar under each name.
 *
 * @param {'repositories' | 'actors'} id of the section
 */
export function createRankingCard(id) {
  const card = openCard(id);
  let isOpen = false;
  return {
    ...card,
    /** @param {Top} top */
    show({ items }) {
      if (items.length === 0) {
        card.body.replaceChildren(element('p', { class: 'quiet' }, 'No events in this range.'));
        return;
      }
      card.body.replaceChildren(
        ...makeBarTable({
          columns: [
            { head: 'Rank', kind: 'rank' },
            { head: id === 'actors' ? 'Actor' : 'Repository', kind: 'label' },
            { head: 'Events', kind: 'count' },
          ],
          rows: items.map(({ id: key, name, events, is_bot }, index) => {
            const label = element('span', { class: 'clip' }, name);
            label.title = `${name} (id ${key})`;
            const tag = is_bot ? element('span', { class: 'tag' }, 'bot') : null;
            return {
              before: [index + 1],
              label: element('span', { class: 'with-tag' }, label, tag),
              value: events,
              after: [formatCount(events)],
            };
          }),
          isOpen,
          onOpen: (open) => {
            isOpen = open;
          },
        }),
      );
    },
  };
}
