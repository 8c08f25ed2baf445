// @ts-check
import { openCard } from '../lib/card.js';
import { element } from '../lib/element.js';
import { formatAge, formatSpan, formatTime, UNKNOWN } from '../lib/format.js';
import { makeStatus } from '../lib/status.js';

/** @typedef {import('../lib/answers.js').Health} Health */

/** In the order in which an event goes through them. */
const LAYERS = /** @type {const} */ ([
  ['listener', 'Listener', 'GitHub to bronze'],
  ['silver', 'Silver', 'bronze, cleaned'],
  ['gold', 'Gold', 'star schema'],
  ['quality', 'Checks', 'of all layers'],
  ['database', 'Database', 'PostgreSQL'],
]);

/** How far each layer is behind, and why when something is wrong. */
export function createLayersCard() {
  const card = openCard('layers');
  /** @type {Health | undefined} */
  let health;

  function draw() {
    if (health === undefined) return;
    const now = Date.now();
    const { components } = health;
    card.body.replaceChildren(
      element(
        'ol',
        { class: 'layers' },
        ...LAYERS.map(([name, label, about]) => {
          const { status, reason, lag_seconds, last_run_at, last_success_at } = components[name];
          const isBehind = status === 'failed' && last_success_at !== null;
          const times =
            last_run_at === null
              ? 'has not run yet'
              : `ran ${formatAge(last_run_at, now)}${isBehind ? `, last well ${formatAge(last_success_at, now)}` : ''}`;
          const lag = element(
            'span',
            { class: 'lag' },
            lag_seconds === null ? UNKNOWN : formatSpan(lag_seconds),
          );
          lag.title =
            lag_seconds === null ? 'Nothing can be said of its lag' : `${lag_seconds} s behind`;
          const when = element(
            'span',
            { class: 'quiet when' },
            name === 'database' ? about : times,
          );
          if (last_run_at !== null) when.title = `${formatTime(last_run_at)} UTC`;
          return element(
            'li',
            { class: `layer ${name}`, 'data-status': status },
            element('span', { class: 'metal', 'aria-hidden': 'true' }),
            element('span', { class: 'layer-name' }, label, ' ', makeStatus(status)),
            lag,
            when,
            reason === null ? null : element('span', { class: 'reason' }, reason),
          );
        }),
      ),
    );
  }

  return {
    ...card,
    /** @param {Health} answer */
    show(answer) {
      health = answer;
      draw();
    },
    /** Ages grow while nothing is read. */
    draw,
  };
}
