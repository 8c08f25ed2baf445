// @ts-check
import { byId, element } from '../lib/element.js';
import { formatTime } from '../lib/format.js';

/**
 * @typedef {{ kind: 'filled' }
 *   | { kind: 'nothing-yet' }
 *   | { kind: 'nothing-here', newestAt: string, isFiltered: boolean }} Contents
 * what there is to see: events, none in the whole warehouse, or none in this range
 */

/**
 * What to do when there is nothing to see.
 *
 * @param {(time: number) => void} onGoTo shows the days before a time
 */
export function createWelcome(onGoTo) {
  const section = byId('welcome');
  let shown = '';
  return {
    /** @param {Contents} contents */
    show(contents) {
      const key = JSON.stringify(contents);
      if (key === shown) return;
      shown = key;
      section.hidden = contents.kind === 'filled';
      if (contents.kind === 'nothing-yet') section.replaceChildren(...describeFirstSteps());
      if (contents.kind === 'nothing-here') {
        section.replaceChildren(...describeElsewhere(contents, onGoTo));
      }
    },
  };
}

function describeFirstSteps() {
  const steps = [
    ['npm start', 'listens to GitHub and keeps gold up to date'],
    ['npm run backfill -- --from 2026-01-31T00 --to 2026-01-31T23', 'loads hours of an archive'],
    ['npm run backfill -- --file FILE…', 'loads files you have'],
    ['npm run demo', 'shows it all on made-up events, without a network'],
  ];
  return [
    element(
      'h2',
      { id: 'welcome-title', class: 'welcome-title' },
      'No events have reached gold yet',
    ),
    element(
      'p',
      {},
      'The warehouse stands and is empty, or its first load is on its way. To fill it, run one of these; this page shows the events when they arrive, and need not be loaded again.',
    ),
    element(
      'dl',
      { class: 'steps' },
      ...steps.flatMap(([command, does]) => [
        element('dt', {}, element('code', {}, command)),
        element('dd', {}, does),
      ]),
    ),
    element(
      'p',
      { class: 'quiet' },
      'What came in shows after the next run of the transformer: at once with ',
      element('code', {}, 'npm run transformer -- --once'),
      '.',
    ),
  ];
}

/**
 * @param {{ newestAt: string, isFiltered: boolean }} contents
 * @param {(time: number) => void} onGoTo
 */
function describeElsewhere({ newestAt, isFiltered }, onGoTo) {
  const title = element(
    'h2',
    { id: 'welcome-title', class: 'welcome-title' },
    isFiltered ? 'No such events in this range' : 'No events in this range',
  );
  const button = element('button', { type: 'button', class: 'primary' }, 'Show the days before it');
  button.addEventListener('click', () => onGoTo(Date.parse(newestAt)));
  return [
    title,
    element('p', {}, `The newest event of the warehouse is of ${formatTime(newestAt)} UTC.`),
    element('p', {}, button),
  ];
}
