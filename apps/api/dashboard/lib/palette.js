// @ts-check
/**
 * Colours of event types. Six stand apart in both themes for every kind of colour vision (each pair at least 0.08 in
 * OKLab under simulated protanopia, deuteranopia and tritanopia); more would not. The rest is grey.
 */

export const COLOUR_COUNT = 6;
export const OTHER = 'Other types';

/** The colour a type has wherever it can, so that it looks the same from one range to the next. */
/** @type {Readonly<Record<string, number>>} */
const PREFERRED = {
  PushEvent: 0,
  CreateEvent: 1,
  PullRequestEvent: 2,
  WatchEvent: 3,
  IssueCommentEvent: 4,
  IssuesEvent: 5,
  DeleteEvent: 5,
  PullRequestReviewEvent: 3,
  PullRequestReviewCommentEvent: 5,
  ForkEvent: 1,
};

/**
 * @param {readonly string[]} types by volume
 * @returns {Map<string, string>} type to the name of a CSS variable; the largest have one, the others and OTHER grey
 */
export function colourTypes(types) {
  const free = new Set(Array.from({ length: COLOUR_COUNT }, (_, index) => index));
  const largest = types.slice(0, COLOUR_COUNT);
  /** @type {Map<string, string>} */
  const colours = new Map();
  const give = (/** @type {string} */ type, /** @type {number} */ index) => {
    free.delete(index);
    colours.set(type, `--type-${index}`);
  };
  for (const type of largest) {
    const wanted = PREFERRED[type];
    if (wanted !== undefined && free.has(wanted)) give(type, wanted);
  }
  for (const type of largest) {
    const [next] = free;
    if (!colours.has(type) && next !== undefined) give(type, next);
  }
  for (const type of [...types.slice(COLOUR_COUNT), OTHER]) colours.set(type, '--type-other');
  return colours;
}

const probe = document.createElement('span');
probe.hidden = true;
document.documentElement.append(probe);

/**
 * @param {string} variable
 * @returns {string} what it is in the theme that is on, as a canvas understands it
 */
export function cssColour(variable) {
  probe.style.color = `var(${variable})`;
  return getComputedStyle(probe).color;
}
