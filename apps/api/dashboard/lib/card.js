// @ts-check
import { byId, element } from './element.js';
import { formatClockSeconds } from './format.js';

/**
 * A card of the page, by the id of its section: its body, and what became of reading it.
 *
 * @param {string} id
 */
export function openCard(id) {
  const section = byId(id);
  const body = /** @type {HTMLElement} */ (section.querySelector('.body'));
  const problem = /** @type {HTMLElement} */ (section.querySelector('.problem'));
  /** @type {Date | undefined} */
  let goodAt;
  section.dataset.state = 'loading';
  body.append(element('p', { class: 'quiet waiting' }, 'Reading…'));

  return {
    body,
    /** Says that the range is another: what is shown is not of it. */
    expect() {
      section.dataset.state = 'loading';
    },
    /**
     * @param {import('./ask.js').Outcome} outcome of the last question
     */
    settle(outcome) {
      const isGood = outcome.kind === 'fresh' || outcome.kind === 'unchanged';
      if (isGood) {
        goodAt = new Date();
        section.dataset.state = 'ready';
        problem.hidden = true;
        return;
      }
      section.dataset.state = goodAt === undefined ? 'failed' : 'stale';
      if (goodAt === undefined) body.replaceChildren();
      const then =
        goodAt === undefined ? '' : ` Shown is what was so at ${formatClockSeconds(goodAt)} UTC.`;
      problem.textContent = `${describeOutcome(outcome)}${then}`;
      problem.hidden = false;
    },
  };
}

/**
 * @param {import('./ask.js').Outcome} outcome
 * @returns {string} a sentence for the reader
 */
export function describeOutcome(outcome) {
  switch (outcome.kind) {
    case 'unreachable':
      return 'The API does not answer.';
    case 'unauthorised':
      return 'The API asks for a key.';
    case 'limited':
      return 'The API asks for fewer requests.';
    case 'refused':
    case 'failed':
      return `The API answered ${outcome.status}${outcome.detail === '' ? '.' : `: ${outcome.detail}`}`;
    default:
      return '';
  }
}
