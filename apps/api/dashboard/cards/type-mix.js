// @ts-check
import { makeBarTable } from '../lib/bar-table.js';
import { openCard } from '../lib/card.js';
import { element } from '../lib/element.js';
import { formatCount, formatShare } from '../lib/format.js';
import { colourTypes, cssColour } from '../lib/palette.js';

/** @typedef {import('../lib/answers.js').Types} Types */

/** Every type of the range with its share, in the colours of the chart. */
export function createTypeMixCard() {
  const card = openCard('types');
  let isOpen = false;
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
    card.body.replaceChildren(
      ...makeBarTable({
        columns: [
          { head: 'Type', kind: 'label' },
          { head: 'Events', kind: 'count' },
          { head: 'Share', kind: 'share' },
        ],
        rows: items.map(({ event_type, category, events, share }) => {
          const label = element('span', { class: 'clip' }, event_type);
          label.title = category === null ? event_type : `${event_type} (${category})`;
          return {
            before: [],
            label,
            value: events,
            colour: cssColour(colours.get(event_type) ?? '--type-other'),
            after: [formatCount(events), formatShare(share)],
          };
        }),
        isOpen,
        onOpen: (open) => {
          isOpen = open;
        },
      }),
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
