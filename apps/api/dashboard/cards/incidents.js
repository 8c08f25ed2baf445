// @ts-check
import { INCIDENT_KINDS } from '../charts/incident-marks.js';
import { openCard } from '../lib/card.js';
import { element } from '../lib/element.js';
import { countOf, formatSpan, formatTime } from '../lib/format.js';

/** @typedef {import('../lib/answers.js').Incident} Incident */

const MOST = 60;

/** What the marks on the charts mean, newest first. */
export function createIncidentsCard() {
  const card = openCard('incidents');
  return {
    ...card,
    /** @param {import('../lib/answers.js').Incidents} answer */
    show({ items }) {
      if (items.length === 0) {
        card.body.replaceChildren(
          element('p', { class: 'quiet' }, 'No incident, gap or failed run in this range.'),
        );
        return;
      }
      const list = element(
        'ul',
        { class: 'incidents', tabindex: 0, role: 'list', 'aria-label': 'Incidents, newest first' },
        ...items.slice(0, MOST).map(makeIncident),
      );
      const left = items.length - MOST;
      card.body.replaceChildren(
        list,
        ...(left > 0
          ? [element('p', { class: 'quiet' }, `${countOf(left, 'earlier one')} not listed here.`)]
          : []),
      );
    },
  };
}

/** @param {Incident} incident */
function makeIncident({ kind, started_at, ended_at, title, detail }) {
  const { shape, label } = INCIDENT_KINDS[kind];
  const seconds = ended_at === null ? null : (Date.parse(ended_at) - Date.parse(started_at)) / 1000;
  const lasted = seconds === null || seconds <= 0 ? '' : `, ${formatSpan(seconds)}`;
  return element(
    'li',
    {},
    element('span', { class: `shape ${kind}`, 'aria-hidden': 'true' }, shape),
    element('span', { class: 'title' }, element('span', { class: 'hidden' }, `${label}: `), title),
    element('span', { class: 'quiet when' }, `${formatTime(started_at)}${lasted}`),
    detail === null ? null : element('span', { class: 'quiet detail' }, detail),
  );
}
