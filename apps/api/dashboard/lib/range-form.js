// @ts-check
import { byId } from './element.js';
import { fromInput, toInput } from './time-range.js';
import { isRange } from './url-state.js';

/** @typedef {import('./url-state.js').State} State */

/**
 * The form in which the reader chooses the range and what to do with bots.
 *
 * @param {(change: Partial<State>) => void} onChange
 */
export function connectRangeForm(onChange) {
  /** @type {HTMLFormElement} */
  const form = byId('range');
  /** @type {HTMLInputElement} */
  const since = byId('since');
  /** @type {HTMLInputElement} */
  const until = byId('until');
  /** @type {HTMLSelectElement} */
  const bots = byId('bots');
  const problem = byId('range-problem');
  /** What was typed and not yet sent is not overwritten by the range as it moves on with the hour. */
  let isDraft = false;

  form.addEventListener('input', ({ target }) => {
    if (target === since || target === until) isDraft = true;
  });
  form.addEventListener('change', ({ target }) => {
    if (target === bots) onChange({ bots: /** @type {State['bots']} */ (bots.value) });
    if (target instanceof HTMLInputElement && target.name === 'range') {
      isDraft = false;
      onChange({ range: { preset: target.value } });
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const range = { since: fromInput(since.value), until: fromInput(until.value) };
    const isGood = isRange(range.since, range.until);
    problem.hidden = isGood;
    problem.textContent = isGood ? '' : 'The first time must lie before the second.';
    since.setAttribute('aria-invalid', String(!isGood));
    if (!isGood) {
      since.focus();
      return;
    }
    isDraft = false;
    onChange({ range });
  });

  return {
    /**
     * @param {State} state
     * @param {import('./time-range.js').Span} span
     */
    show({ range, bots: chosen }, span) {
      for (const input of form.querySelectorAll('input')) {
        if (input.name !== 'range') continue;
        input.checked = 'preset' in range && range.preset === input.value;
      }
      bots.value = chosen;
      if (isDraft) return;
      since.value = toInput(span.since);
      until.value = toInput(span.until);
      problem.hidden = true;
      since.removeAttribute('aria-invalid');
    },
  };
}
