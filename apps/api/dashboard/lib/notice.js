// @ts-check
import { describeOutcome } from './card.js';
import { byId, element } from './element.js';

/** @typedef {import('./ask.js').Outcome} Outcome */
/** @typedef {import('./answers.js').Health} Health */

/**
 * What is wrong with the whole page, in one line at its top.
 *
 * @param {() => void} onTryAgain
 */
export function createNotice(onTryAgain) {
  const place = byId('notice');
  const text = element('p');
  const button = element('button', { type: 'button' }, 'Try now');
  button.addEventListener('click', onTryAgain);
  place.append(text, button);
  let said = '';

  return {
    /**
     * @param {Outcome | undefined} outcome of the last question for the health
     * @param {Health | undefined} health
     */
    show(outcome, health) {
      const message = describe(outcome, health);
      place.hidden = message === '';
      // Said again only when it is another message: a screen reader would repeat it every few seconds.
      if (message === said) return;
      said = message;
      text.textContent = message;
    },
  };
}

/**
 * @param {Outcome | undefined} outcome
 * @param {Health | undefined} health
 * @returns {string} empty when nothing is wrong
 */
function describe(outcome, health) {
  switch (outcome?.kind) {
    case 'unreachable':
      return `The API at ${location.host} does not answer. What you see is the last that it told; the page goes on trying.`;
    case 'limited':
      return 'The API asks for fewer requests, and the page waits as long as it was told. Other clients may share your address.';
    case 'failed':
    case 'refused':
      return describeOutcome(outcome);
    default:
  }
  const database = health?.components.database;
  if (database?.status === 'failed') {
    return `The database does not answer${database.reason === null ? '.' : `: ${database.reason}`} What you see is the last that was read; the page goes on trying.`;
  }
  return '';
}
