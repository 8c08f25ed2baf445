// @ts-check
import { openCard } from '../lib/card.js';
import { element } from '../lib/element.js';
import { countOf, formatAge, formatCount, formatTime } from '../lib/format.js';
import { createTableAlternative, makeTable } from '../lib/table.js';

/** @typedef {import('../lib/answers.js').DeadLetters} DeadLetters */

/** What could not be stored, by reason, and the latest of it. */
export function createDeadLettersCard() {
  const card = openCard('dead-letters');
  /** @type {DeadLetters['latest']} */
  let letters = [];
  const latest = createTableAlternative(() =>
    makeTable(
      'The latest open dead letters',
      [
        { head: 'Failed (UTC)', isName: true },
        { head: 'Source' },
        { head: 'Code' },
        { head: 'Reason' },
        { head: 'Tries', isNumber: true },
      ],
      letters.map(({ failed_at, source, position, error_code, error_message, attempts }) => [
        formatTime(failed_at),
        position === null ? source : `${source}, ${position}`,
        error_code,
        error_message,
        formatCount(attempts),
      ]),
    ),
  );
  const summary = latest.element.querySelector('summary');
  if (summary !== null) summary.textContent = 'The latest';

  return {
    ...card,
    /** @param {DeadLetters} answer */
    show(answer) {
      letters = answer.latest;
      if (answer.open === 0) {
        card.body.replaceChildren(
          element(
            'p',
            { class: 'quiet' },
            answer.resolved === 0
              ? 'None in this range: everything offered could be stored.'
              : `None open in this range; ${formatCount(answer.resolved)} resolved.`,
          ),
        );
        return;
      }
      const reasons = answer.by_reason.map(({ error_code, error_message, count, last_failed_at }) =>
        element(
          'li',
          {},
          element('span', { class: 'number' }, formatCount(count)),
          element(
            'span',
            { class: 'message' },
            element('code', {}, error_code),
            ' ',
            error_message,
          ),
          element('span', { class: 'quiet' }, `last ${formatAge(last_failed_at, Date.now())}`),
        ),
      );
      const openDetails = latest.element.open;
      card.body.replaceChildren(
        element(
          'p',
          { class: 'headline' },
          `${countOf(answer.open, 'item')} open`,
          element('span', { class: 'quiet' }, `, ${formatCount(answer.resolved)} resolved`),
        ),
        element('ul', { class: 'reasons' }, ...reasons),
        latest.element,
        element(
          'p',
          { class: 'quiet' },
          'Their bytes are kept: ',
          element('code', {}, 'npm run dead-letters'),
        ),
      );
      latest.element.open = openDetails;
      latest.update();
    },
  };
}
