// @ts-check
import { describeOutcome } from './card.js';
import { byId } from './element.js';
import { formatClockSeconds, formatSpan } from './format.js';

/** After this long without an answer what is shown is called stale. */
const STALE_MS = 20_000;

/** How old what is shown is, and how the warehouse is, at the top of the page. */
export function createLiveLine() {
  const updated = byId('updated');
  const overall = byId('overall');
  /** @type {number | undefined} */
  let goodAt;
  let isPaused = false;

  /** @param {import('./ask.js').Outcome | undefined} last */
  function tick(last) {
    const age = goodAt === undefined ? undefined : Date.now() - goodAt;
    const isGood = last?.kind === 'fresh' || last?.kind === 'unchanged';
    const text = age === undefined ? '' : `updated ${formatSpan(age / 1000)} ago`;
    if (isPaused) {
      say(
        'paused',
        goodAt === undefined ? 'Paused' : `Paused at ${formatClockSeconds(new Date(goodAt))} UTC`,
      );
    } else if (last === undefined) {
      say('waiting', 'Reading…');
    } else if (age === undefined) {
      say('stale', describeOutcome(last));
    } else if (!isGood || age > STALE_MS) {
      say('stale', `Stale, ${text}`);
    } else {
      say('live', `Live, ${text}`);
    }
  }

  /**
   * @param {string} state
   * @param {string} text
   */
  function say(state, text) {
    updated.dataset.state = state;
    if (updated.textContent !== text) updated.textContent = text;
  }

  return {
    tick,
    /**
     * @param {import('./ask.js').Outcome} outcome
     * @param {import('./answers.js').Health | undefined} health
     */
    settle(outcome, health) {
      const isGood = outcome.kind === 'fresh' || outcome.kind === 'unchanged';
      if (isGood) goodAt = Date.now();
      const status = isGood && health !== undefined ? health.status : 'unknown';
      overall.dataset.status = status;
      overall.textContent = status;
      tick(outcome);
    },
    /** @param {boolean} paused */
    setPaused(paused) {
      isPaused = paused;
      if (paused) tick(undefined);
    },
  };
}
