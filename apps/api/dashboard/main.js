// @ts-check
import { createDeadLettersCard } from './cards/dead-letters.js';
import { createEventsCard } from './cards/events.js';
import { createFigures } from './cards/figures.js';
import { createIncidentsCard } from './cards/incidents.js';
import { createLayersCard } from './cards/layers.js';
import { createQualityCard } from './cards/quality.js';
import { createRankingCard } from './cards/ranking.js';
import { createRunsCard, MOST_RUNS } from './cards/runs.js';
import { createTypeMixCard } from './cards/type-mix.js';
import { createWelcome } from './cards/welcome.js';
import { ask } from './lib/ask.js';
import { byId } from './lib/element.js';
import { createKeyDialog } from './lib/key-dialog.js';
import { createLiveLine } from './lib/live-line.js';
import { createNotice } from './lib/notice.js';
import { createPoller } from './lib/poller.js';
import { connectRangeForm } from './lib/range-form.js';
import { connectThemeSwitch } from './lib/theme-switch.js';
import { DAY_MS } from './lib/time-range.js';
import { readState, spanOf, toIso, writeState } from './lib/url-state.js';

/** @typedef {import('./lib/ask.js').Outcome} Outcome */
/** @typedef {import('./lib/url-state.js').State} State */

const OFTEN_MS = 5_000;
const SELDOM_MS = 15_000;
const TOP_COUNT = 25;

let state = readState(location.search);
/** @type {Outcome | undefined} */
let healthOutcome;
/** @type {Outcome | undefined} */
let limited;
/** @type {import('./lib/answers.js').Health | undefined} */
let health;
/** Whether the range had no events when it was last asked about. */
let isEmpty = false;

const span = () => spanOf(state, Date.now());
const figures = createFigures();
const cards = {
  events: createEventsCard({
    span,
    hidden: () => state.hidden.map((type) => (type === 'other' ? 'Other types' : type)),
    onHide: (hidden) => {
      change({ hidden: hidden.map((type) => (type === 'Other types' ? 'other' : type)) });
      cards.events.draw();
    },
    onSelect: (since, until) => change({ range: { since, until } }),
  }),
  layers: createLayersCard(),
  repositories: createRankingCard('repositories'),
  actors: createRankingCard('actors'),
  types: createTypeMixCard(),
  runs: createRunsCard(),
  quality: createQualityCard(),
  deadLetters: createDeadLettersCard(),
  incidents: createIncidentsCard(),
};
const welcome = createWelcome((time) => {
  change({ range: { since: time - 7 * DAY_MS, until: time + 1 } });
});
const liveLine = createLiveLine();
const keyDialog = createKeyDialog(() => poller.resume());
const notice = createNotice(() => poller.start());
const rangeForm = connectRangeForm(change);

/**
 * @param {string} path
 * @param {Record<string, string | number>} [more]
 * @param {boolean} [isByBots]
 */
function about(path, more = {}, isByBots = false) {
  const { since, until } = span();
  const query = new URLSearchParams({ since: toIso(since), until: toIso(until) });
  if (isByBots && state.bots !== 'include') query.set('bots', state.bots);
  for (const [name, value] of Object.entries(more)) query.set(name, String(value));
  return `${path}?${query}`;
}

const poller = createPoller([
  {
    name: 'health',
    everyMs: OFTEN_MS,
    path: () => '/health',
    show: (answer) => {
      health = answer;
      cards.layers.show(answer);
      figures.showHealth(answer);
    },
    settle: (outcome) => {
      healthOutcome = outcome;
      settle(cards.layers)(outcome);
      liveLine.settle(outcome, health);
    },
  },
  {
    name: 'activity',
    everyMs: OFTEN_MS,
    path: () => about('/activity', { bucket: span().bucket }, true),
    show: (answer) => {
      cards.events.show(answer);
      figures.showActivity(answer);
      const wasEmpty = isEmpty;
      isEmpty = answer.series.every((/** @type {{ total: number }} */ { total }) => total === 0);
      void lookWhatThereIs();
      // The first events are here: what is asked for seldom would go on saying that there are none.
      if (wasEmpty && !isEmpty) poller.start();
    },
    settle: settle(cards.events),
  },
  {
    name: 'runs',
    everyMs: OFTEN_MS,
    path: () => about('/runs', { limit: MOST_RUNS }),
    show: (answer) => {
      cards.runs.show(answer);
      figures.showRuns(answer);
    },
    settle: settle(cards.runs),
  },
  {
    name: 'repositories',
    everyMs: SELDOM_MS,
    path: () => about('/top', { kind: 'repos', limit: TOP_COUNT }, true),
    show: cards.repositories.show,
    settle: settle(cards.repositories),
  },
  {
    name: 'actors',
    everyMs: SELDOM_MS,
    path: () => about('/top', { kind: 'actors', limit: TOP_COUNT }, true),
    show: cards.actors.show,
    settle: settle(cards.actors),
  },
  {
    name: 'types',
    everyMs: SELDOM_MS,
    path: () => about('/types', {}, true),
    show: cards.types.show,
    settle: settle(cards.types),
  },
  {
    name: 'dead letters',
    everyMs: SELDOM_MS,
    path: () => about('/dead-letters'),
    show: (answer) => {
      cards.deadLetters.show(answer);
      figures.showDeadLetters(answer);
    },
    settle: settle(cards.deadLetters),
  },
  {
    name: 'incidents',
    everyMs: SELDOM_MS,
    path: () => about('/incidents'),
    show: (answer) => {
      cards.incidents.show(answer);
      cards.events.showIncidents(answer.items);
    },
    settle: settle(cards.incidents),
  },
  {
    name: 'quality',
    everyMs: SELDOM_MS,
    path: () => '/quality',
    show: (answer) => {
      cards.quality.show(answer);
      figures.showQuality(answer);
    },
    settle: settle(cards.quality),
  },
]);

/**
 * @param {{ settle: (outcome: Outcome) => void }} card
 * @returns {(outcome: Outcome) => void}
 */
function settle(card) {
  return (outcome) => {
    card.settle(outcome);
    // The health is told without a limit, and says nothing of the one that holds for all else.
    if (outcome.kind === 'limited') limited = outcome;
    else if (card !== cards.layers) limited = undefined;
    notice.show(limited ?? healthOutcome, health);
    if (outcome.kind !== 'unauthorised') return;
    poller.halt();
    keyDialog.open();
  };
}

/** A range without events may lie beside them, or there are none at all. */
async function lookWhatThereIs() {
  if (!isEmpty) {
    welcome.show({ kind: 'filled' });
    return;
  }
  const { outcome } = await ask('/data?page_size=1', undefined, new AbortController().signal);
  if (outcome.kind !== 'fresh') return;
  const { items } = /** @type {import('./lib/answers.js').Data} */ (outcome.data);
  const [newest] = items;
  welcome.show(
    newest === undefined
      ? { kind: 'nothing-yet' }
      : {
          kind: 'nothing-here',
          newestAt: newest.time,
          isFiltered: state.bots !== 'include',
        },
  );
}

/** @param {Partial<State>} part */
function change(part) {
  state = { ...state, ...part };
  history.pushState(null, '', `${location.pathname}${writeState(state)}${location.hash}`);
  if ('hidden' in part) return;
  turnTo();
}

/** Reads everything for the state that is on. */
function turnTo() {
  rangeForm.show(state, span());
  for (const card of Object.values(cards)) card.expect();
  poller.start();
}

addEventListener('popstate', () => {
  state = readState(location.search);
  cards.events.draw();
  turnTo();
});

const pause = byId('pause');
pause.addEventListener('click', () => {
  const isPaused = pause.getAttribute('aria-pressed') !== 'true';
  pause.setAttribute('aria-pressed', String(isPaused));
  liveLine.setPaused(isPaused);
  poller.setPaused(isPaused);
});

connectThemeSwitch(() => {
  cards.events.redraw();
  cards.types.redraw();
});

// Ages grow by the second, and the range moves on with the hour.
setInterval(() => {
  if (document.hidden) return;
  liveLine.tick(healthOutcome);
  cards.layers.draw();
  rangeForm.show(state, span());
}, 1_000);

turnTo();
