// @ts-check
import { createCaptureChart } from '../charts/capture-chart.js';
import { createEventsChart } from '../charts/events-chart.js';
import { INCIDENT_KINDS } from '../charts/incident-marks.js';
import { openCard } from '../lib/card.js';
import { byId, element } from '../lib/element.js';
import {
  countOf,
  formatBucket,
  formatCount,
  formatInterval,
  formatShare,
  formatTime,
} from '../lib/format.js';
import { COLOUR_COUNT, colourTypes, cssColour, OTHER } from '../lib/palette.js';
import { createTableAlternative, makeTable } from '../lib/table.js';
import { bucketMs, bucketsOf } from '../lib/time-range.js';

/** @typedef {import('../lib/answers.js').Activity} Activity */
/** @typedef {import('../lib/answers.js').Incident} Incident */

/** Longer tables help nobody; /activity has all of it. */
const TABLE_ROWS = 400;

/**
 * Events per hour by type, the share captured beneath, and at their side what is under the cursor, or the whole range.
 *
 * @param {object} options
 * @param {() => import('../lib/time-range.js').Span} options.span
 * @param {() => readonly string[]} options.hidden types not to be drawn
 * @param {(hidden: string[]) => void} options.onHide
 * @param {(since: number, until: number) => void} options.onSelect
 */
export function createEventsCard({ span, hidden, onHide, onSelect }) {
  const card = openCard('events');
  const unit = byId('events-unit');
  /** @type {Activity | undefined} */
  let activity;
  /** @type {readonly Incident[]} */
  let incidents = [];
  /** @type {ReturnType<typeof arrange> | undefined} */
  let shown;
  /** @type {number | null} */
  let cursor = null;

  const plot = element('div', {
    class: 'plot',
    tabindex: 0,
    role: 'group',
    'aria-label':
      'Chart of events by type. Left and right arrow keys step through it, Home and End go to its ends.',
  });
  const captureTitle = element('h3', { id: 'capture-title' }, 'Share captured');
  const captureNote = element('p', { class: 'unit' });
  const capturePlot = element('div', {
    class: 'plot',
    role: 'img',
    'aria-label': 'Share captured',
  });
  const readout = element('div', { class: 'readout' });
  const spoken = element('p', { class: 'hidden', 'aria-live': 'polite' });
  const marksLegend = element('ul', { class: 'marks' });
  const table = createTableAlternative(() => makeActivityTable(shown, activity?.bucket ?? 'hour'));

  const events = createEventsChart(plot, {
    incidents: () => incidents,
    span,
    onCursor: (index) => {
      cursor = index;
      drawReadout();
    },
    onSelect,
  });
  const capture = createCaptureChart(capturePlot, { incidents: () => incidents, span });

  plot.addEventListener('keydown', (event) => {
    const last = (shown?.times.length ?? 0) - 1;
    /** @type {Record<string, number>} */
    const goals = {
      ArrowLeft: cursor === null ? last : Math.max(0, cursor - 1),
      ArrowRight: cursor === null ? 0 : Math.min(last, cursor + 1),
      Home: 0,
      End: last,
    };
    const goal = goals[event.key];
    if (goal === undefined && event.key !== 'Escape') return;
    event.preventDefault();
    events.point(goal ?? null);
    cursor = goal ?? null;
    drawReadout();
    spoken.textContent = goal === undefined ? '' : sayBucket(goal);
  });
  plot.addEventListener('blur', () => {
    cursor = null;
    events.point(null);
    drawReadout();
  });

  function build() {
    card.body.replaceChildren(
      element(
        'div',
        { class: 'events-layout' },
        element(
          'div',
          { class: 'charts' },
          plot,
          marksLegend,
          element('header', { class: 'sub' }, captureTitle, captureNote),
          capturePlot,
        ),
        readout,
      ),
      spoken,
      table.element,
    );
  }

  function draw() {
    if (activity === undefined) return;
    if (!plot.isConnected) build();
    shown = arrange(activity, span(), hidden());
    unit.textContent = `per ${activity.bucket}, UTC`;
    events.show(shown.stack);
    capture.show(shown.capture);
    const rates = shown.capture.rates.filter((rate) => rate !== null);
    captureNote.textContent =
      rates.length === 0
        ? 'no estimate: it takes two sources that overlap'
        : 'of all public events, with the 95 % interval';
    capturePlot.hidden = rates.length === 0;
    capturePlot.setAttribute('aria-label', describeRates(rates));
    drawReadout();
    table.update();
  }

  function drawMarks() {
    const kinds = Object.entries(INCIDENT_KINDS).map(([kind, look]) => ({
      ...look,
      kind,
      count: incidents.filter((incident) => incident.kind === kind).length,
    }));
    marksLegend.replaceChildren(
      ...kinds
        .filter(({ count }) => count > 0)
        .map(({ kind, label, shape, count }) =>
          element(
            'li',
            {},
            element('span', { class: `shape ${kind}`, 'aria-hidden': 'true' }, shape),
            `${label} (${formatCount(count)})`,
          ),
        ),
    );
    marksLegend.hidden = incidents.length === 0;
  }

  function drawReadout() {
    if (shown === undefined || activity === undefined) return;
    const { times, layers, total, totals } = shown;
    const index = cursor !== null && cursor < times.length ? cursor : null;
    const sum = index === null ? total : (totals[index] ?? 0);
    const rows = layers.map(({ type, colour, counts, sum: all, isHidden }) => {
      const count = index === null ? all : (counts[index] ?? 0);
      const swatch = element('span', { class: 'swatch', 'aria-hidden': 'true' });
      swatch.style.background = isHidden ? 'transparent' : cssColour(colour);
      swatch.style.borderColor = cssColour(colour);
      const button = element(
        'button',
        {
          type: 'button',
          class: 'type',
          'aria-pressed': isHidden ? 'false' : 'true',
          'data-type': type,
        },
        swatch,
        element('span', { class: 'name' }, shortType(type)),
        element('span', { class: 'count' }, formatCount(count)),
        element('span', { class: 'share' }, sum === 0 ? '' : formatShare(count / sum)),
      );
      button.title = isHidden ? `Draw ${type}` : `Leave ${type} out of the chart`;
      return element('li', {}, button);
    });
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.type;
    readout.replaceChildren(
      element(
        'p',
        { class: 'when' },
        index === null ? 'Whole range' : `${whenOf(index)}${isRunning(index) ? ', so far' : ''}`,
      ),
      element(
        'p',
        { class: 'total' },
        formatCount(sum),
        element('span', { class: 'of' }, sum === 1 ? ' event' : ' events'),
      ),
      element('ul', {}, ...rows),
      ...captureAt(index),
      ...incidentsAt(index),
    );
    if (focused !== undefined) {
      /** @type {HTMLElement | null} */ (
        readout.querySelector(`button[data-type="${CSS.escape(focused)}"]`)
      )?.focus();
    }
  }

  readout.addEventListener('click', (event) => {
    const type = /** @type {HTMLElement} */ (event.target).closest('button')?.dataset.type;
    if (type === undefined) return;
    const now = hidden();
    onHide(now.includes(type) ? now.filter((other) => other !== type) : [...now, type]);
  });

  /** @param {number} index */
  const whenOf = (index) =>
    formatBucket((shown?.times[index] ?? 0) * 1000, activity?.bucket ?? 'hour');
  /** @param {number} index */
  const isRunning = (index) => {
    const start = (shown?.times[index] ?? 0) * 1000;
    return Date.now() >= start && Date.now() < start + bucketMs(activity?.bucket ?? 'hour');
  };

  /** @param {number | null} index */
  function captureAt(index) {
    if (index === null || shown === undefined) return [];
    const { rates, lows, highs } = shown.capture;
    const rate = rates[index] ?? null;
    const text =
      rate === null
        ? 'Share captured: no estimate'
        : `Share captured: ${formatShare(rate)} (${formatInterval(lows[index], highs[index])})`;
    return [element('p', { class: 'note' }, text)];
  }

  /** @param {number | null} index */
  function incidentsAt(index) {
    if (index === null || shown === undefined) return [];
    const start = (shown.times[index] ?? 0) * 1000;
    const end = start + bucketMs(activity?.bucket ?? 'hour');
    const here = incidents.filter(
      ({ started_at, ended_at }) =>
        Date.parse(started_at) < end && Date.parse(ended_at ?? started_at) >= start,
    );
    if (here.length === 0) return [];
    const [first] = here;
    const more = here.length > 1 ? ` and ${countOf(here.length - 1, 'other')}` : '';
    return [element('p', { class: 'note' }, `${first?.title ?? ''}${more}`)];
  }

  /** @param {number} index */
  function sayBucket(index) {
    if (shown === undefined) return '';
    const parts = shown.layers
      .map(({ type, counts }) => ({ type, count: counts[index] ?? 0 }))
      .filter(({ count }) => count > 0)
      .map(({ type, count }) => `${shortType(type)} ${formatCount(count)}`);
    return `${whenOf(index)}: ${countOf(shown.totals[index] ?? 0, 'event')}${parts.length > 0 ? `, ${parts.join(', ')}` : ''}`;
  }

  return {
    ...card,
    /** @param {Activity} answer */
    show(answer) {
      activity = answer;
      cursor = null;
      draw();
    },
    /** @param {readonly Incident[]} items */
    showIncidents(items) {
      incidents = items;
      drawMarks();
      if (activity === undefined) return;
      events.redraw();
      capture.redraw();
    },
    draw,
    redraw() {
      if (activity === undefined) return;
      drawReadout();
      events.redraw();
      capture.redraw();
    },
  };
}

/** @param {string} type */
const shortType = (type) => (type.length > 5 ? type.replace(/Event$/, '') : type);

/** @param {readonly number[]} rates */
function describeRates(rates) {
  if (rates.length === 0) return 'Share captured: no estimate in this range';
  return `Share captured, from ${formatShare(Math.min(...rates))} to ${formatShare(Math.max(...rates))} in this range; the table has each hour`;
}

/**
 * The answer as the charts want it: a value for every bucket of the span, the largest types apart.
 *
 * @param {Activity} activity
 * @param {import('../lib/time-range.js').Span} span
 * @param {readonly string[]} hidden
 */
function arrange({ series, types }, span, hidden) {
  const byTime = new Map(series.map((point) => [Date.parse(point.time), point]));
  const starts = bucketsOf(span);
  const points = starts.map((start) => byTime.get(start));
  const colours = colourTypes(types);
  const apart = types.slice(0, COLOUR_COUNT);
  const others = types.slice(COLOUR_COUNT);
  const layers = [...apart, ...(others.length > 0 ? [OTHER] : [])].map((type) => {
    const counts = points.map((point) =>
      type === OTHER
        ? others.reduce((sum, other) => sum + (point?.types[other] ?? 0), 0)
        : (point?.types[type] ?? 0),
    );
    return {
      type,
      colour: colours.get(type) ?? '--type-other',
      counts,
      sum: counts.reduce((sum, count) => sum + count, 0),
      isHidden: hidden.includes(type === OTHER ? 'other' : type),
    };
  });
  const times = starts.map((start) => start / 1000);
  const totals = points.map((point) => point?.total ?? 0);
  return {
    times,
    points,
    types,
    layers,
    totals,
    total: totals.reduce((sum, count) => sum + count, 0),
    stack: { times, layers: layers.filter(({ isHidden }) => !isHidden) },
    capture: {
      times,
      width: bucketMs(span.bucket) / 1000,
      rates: points.map((point) => point?.capture_rate ?? null),
      lows: points.map((point) => point?.capture_low ?? null),
      highs: points.map((point) => point?.capture_high ?? null),
    },
  };
}

/**
 * @param {ReturnType<typeof arrange> | undefined} shown
 * @param {import('../lib/time-range.js').Bucket} bucket
 */
function makeActivityTable(shown, bucket) {
  if (shown === undefined) return element('p');
  const { times, points, types, totals, capture } = shown;
  const filled = times
    .map((time, index) => ({ time, index }))
    .filter(({ index }) => points[index] !== undefined && (totals[index] ?? 0) > 0)
    .toReversed();
  const rows = filled
    .slice(0, TABLE_ROWS)
    .map(({ time, index }) => [
      bucket === 'day'
        ? formatBucket(time * 1000, bucket)
        : formatTime(new Date(time * 1000).toISOString()),
      formatCount(totals[index]),
      formatShare(capture.rates[index]),
      formatInterval(capture.lows[index], capture.highs[index]),
      ...types.map((type) => formatCount(points[index]?.types[type] ?? 0)),
    ]);
  const columns = [
    { head: bucket === 'day' ? 'Day (UTC)' : 'Hour (UTC)', isName: true },
    { head: 'Events', isNumber: true },
    { head: 'Captured', isNumber: true },
    { head: '95 % interval', isNumber: true },
    ...types.map((type) => ({ head: shortType(type), isNumber: true })),
  ];
  const left = filled.length - rows.length;
  return element(
    'div',
    {},
    makeTable('Events by type and share captured, those with events, newest first', columns, rows),
    left > 0
      ? element('p', { class: 'quiet' }, `${countOf(left, `earlier ${bucket}`)} not listed here.`)
      : null,
  );
}
