// @ts-check
import { drawRuns, labelEnds } from '../charts/runs-chart.js';
import { openCard } from '../lib/card.js';
import { byId, element } from '../lib/element.js';
import { countOf, formatAge, formatCount, formatDuration, formatTime } from '../lib/format.js';
import { makeStatus } from '../lib/status.js';
import { createTableAlternative, makeTable } from '../lib/table.js';

/** @typedef {import('../lib/answers.js').Run} Run */

export const MOST_RUNS = 500;
const ORDER = ['silver', 'gold', 'coverage', 'quality', 'maintain'];
const TABLE_ROWS = 100;

/** The runs of every pipeline along time, one lane each. */
export function createRunsCard() {
  const card = openCard('runs');
  const unit = byId('runs-unit');
  const lanes = element('div', { class: 'lanes' });
  const table = createTableAlternative(() => makeRunsTable(runs));
  /** @type {Run[]} */
  let runs = [];

  function draw() {
    if (runs.length === 0) return;
    const from = Math.min(...runs.map(({ started_at }) => Date.parse(started_at)));
    const to = Math.max(
      ...runs.map(({ finished_at }) =>
        finished_at === null ? Date.now() : Date.parse(finished_at),
      ),
    );
    const longestMs = Math.max(1, ...runs.map(({ duration_ms }) => duration_ms ?? 0));
    const names = [...new Set(runs.map(({ pipeline }) => pipeline))].sort(
      (a, b) => placeOf(a) - placeOf(b) || a.localeCompare(b),
    );
    const rows = names.map((name) => {
      const own = runs.filter(({ pipeline }) => pipeline === name);
      const lane = element('div', { class: 'lane' });
      const row = element(
        'div',
        { class: 'pipeline' },
        element('p', { class: 'pipeline-name' }, name),
        element('p', { class: 'quiet summary' }, ...summarise(own)),
        lane,
      );
      return { own, lane, row };
    });
    const [first, last] = labelEnds(from, to);
    lanes.replaceChildren(
      ...rows.map(({ row }) => row),
      element(
        'div',
        { class: 'pipeline' },
        element(
          'p',
          { class: 'quiet lane ends' },
          element('span', {}, first),
          element('span', {}, last),
        ),
      ),
    );
    // A lane is as wide as the style sheet leaves it beside, or below, its label.
    const width = Math.max(120, rows[0]?.lane.clientWidth ?? 0);
    for (const { own, lane } of rows) {
      lane.append(drawRuns(own, { from, to, longestMs, width }));
    }
  }

  let lastWidth = 0;
  new ResizeObserver(() => {
    if (lanes.clientWidth === lastWidth) return;
    lastWidth = lanes.clientWidth;
    draw();
  }).observe(lanes);

  return {
    ...card,
    /** @param {import('../lib/answers.js').Runs} answer */
    show({ items }) {
      runs = items;
      if (runs.length === 0) {
        unit.textContent = 'of each pipeline, UTC';
        card.body.replaceChildren(
          element('p', { class: 'quiet' }, 'Nothing has run in this range.'),
        );
        return;
      }
      unit.textContent =
        runs.length === MOST_RUNS
          ? `the last ${MOST_RUNS} of the range, UTC; height is duration, on a log scale`
          : 'of the range, UTC; height is duration, on a log scale';
      if (!lanes.isConnected) card.body.replaceChildren(lanes, table.element);
      draw();
      table.update();
    },
  };
}

/** @param {string} pipeline */
const placeOf = (pipeline) => {
  const place = ORDER.indexOf(pipeline);
  return place === -1 ? ORDER.length : place;
};

/** @param {readonly Run[]} runs of one pipeline, the newest first */
function summarise(runs) {
  const failed = runs.filter(({ status }) => status === 'failed').length;
  const durations = runs
    .flatMap(({ duration_ms }) => duration_ms ?? [])
    .sort((one, other) => one - other);
  const median = durations[Math.floor(durations.length / 2)];
  return [
    `${countOf(runs.length, 'run')}, `,
    failed === 0
      ? 'none failed'
      : element('strong', { class: 'bad' }, `${formatCount(failed)} failed`),
    median === undefined ? '' : `, median ${formatDuration(median)}`,
    element('br'),
    `last ${formatAge(runs[0]?.started_at, Date.now())}`,
  ];
}

/** @param {readonly Run[]} runs */
function makeRunsTable(runs) {
  const shown = runs.slice(0, TABLE_ROWS);
  const rows = shown.map((run) => [
    formatTime(run.started_at),
    run.pipeline,
    makeStatus(run.status),
    formatDuration(run.duration_ms),
    formatCount(run.rows_in),
    formatCount(run.rows_out),
    run.error ?? '',
  ]);
  const left = runs.length - shown.length;
  return element(
    'div',
    {},
    makeTable(
      'Runs, newest first',
      [
        { head: 'Started (UTC)', isName: true },
        { head: 'Pipeline' },
        { head: 'Status' },
        { head: 'Took', isNumber: true },
        { head: 'Rows in', isNumber: true },
        { head: 'Rows out', isNumber: true },
        { head: 'Error' },
      ],
      rows,
    ),
    left > 0
      ? element('p', { class: 'quiet' }, `${countOf(left, 'earlier run')} not listed here.`)
      : null,
  );
}
