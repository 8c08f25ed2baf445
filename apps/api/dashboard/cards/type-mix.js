// @ts-check
import { openCard } from '../lib/card.js';
import { element } from '../lib/element.js';
import { formatCount, formatShare } from '../lib/format.js';
import { colourTypes, cssColour } from '../lib/palette.js';

/** @typedef {import('../lib/answers.js').Types} Types */

/** Every type of the range with its share, in the colours of the chart. */
export function createTypeMixCard() {
  const card = openCard('types');
  /** @type {Types | undefined} */
  let types;

  function draw() {
    if (types === undefined) return;
    const { items } = types;
    if (items.length === 0) {
      card.body.replaceChildren(element('p', { class: 'quiet' }, 'No events in this range.'));
      return;
    }
    const colours = colourTypes(items.map(({ event_type }) => event_type));
    const most = Math.max(...items.map(({ events }) => events));
    const rows = items.map(({ event_type, category, events, share }) => {
      const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
      bar.style.width = `${((100 * events) / most).toFixed(2)}%`;
      bar.style.background = cssColour(colours.get(event_type) ?? '--type-other');
      return element(
        'tr',
        {},
        element(
          'th',
          { scope: 'row' },
          element(
            'span',
            { class: 'with-tag' },
            element('span', { class: 'clip' }, event_type),
            category === null ? null : element('span', { class: 'quiet category' }, category),
          ),
          bar,
        ),
        element('td', { class: 'number' }, formatCount(events)),
        element('td', { class: 'number quiet' }, formatShare(share)),
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
            ...['Type', 'Events', 'Share'].map((head) => element('th', { scope: 'col' }, head)),
          ),
        ),
        element('tbody', {}, ...rows),
      ),
    );
  }

  return {
    ...card,
    /** @param {Types} answer */
    show(answer) {
      types = answer;
      draw();
    },
    redraw: draw,
  };
}
