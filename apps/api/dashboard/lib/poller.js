// @ts-check
import { ask } from './ask.js';

/**
 * @typedef {object} Resource
 * @property {string} name
 * @property {number} everyMs
 * @property {() => string} path asked anew each time
 * @property {(data: any) => void} show called only when the answer is another than before
 * @property {(outcome: import('./ask.js').Outcome) => void} settle called after every answer, whatever it was
 */

/** After a failure the next try comes this soon; after more in a row twice as late each time, up to the longest. */
const FIRST_RETRY_MS = 5_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Asks for each resource again and again, while the tab is seen and nobody pressed Pause. Unchanged answers cost a
 * request without a body, by ETag.
 *
 * @param {readonly Resource[]} resources
 */
export function createPoller(resources) {
  /** @type {Map<string, { path: string, etag: string | undefined }>} what is shown, by resource */
  const shown = new Map();
  /** @type {Map<string, number>} */
  const failures = new Map();
  /** @type {Set<ReturnType<typeof setTimeout>>} */
  const timers = new Set();
  let round = new AbortController();
  let isPaused = false;
  let isHalted = false;
  let limitedUntil = 0;

  /**
   * @param {Resource} resource
   * @param {AbortSignal} signal
   */
  async function poll(resource, signal) {
    const path = resource.path();
    const known = shown.get(resource.name);
    const isSame = known?.path === path;
    let answer;
    try {
      answer = await ask(path, isSame ? known.etag : undefined, signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    if (signal.aborted) return;
    const { outcome, etag } = answer;
    if (outcome.kind === 'fresh') {
      shown.set(resource.name, { path, etag });
      resource.show(outcome.data);
    }
    const isGood = outcome.kind === 'fresh' || outcome.kind === 'unchanged';
    failures.set(resource.name, isGood ? 0 : (failures.get(resource.name) ?? 0) + 1);
    if (outcome.kind === 'limited') {
      limitedUntil = Math.max(limitedUntil, Date.now() + outcome.retryAfterMs);
    }
    resource.settle(outcome);
    if (outcome.kind !== 'unauthorised') later(resource, signal);
  }

  /**
   * @param {Resource} resource
   * @param {AbortSignal} signal
   */
  function later(resource, signal) {
    if (signal.aborted || isPaused) return;
    const failed = failures.get(resource.name) ?? 0;
    const usual =
      failed === 0
        ? resource.everyMs
        : Math.min(LONGEST_WAIT_MS, FIRST_RETRY_MS * 2 ** Math.min(10, failed - 1));
    const wait = Math.max(usual, limitedUntil - Date.now());
    const timer = setTimeout(() => {
      timers.delete(timer);
      // Another answer may have asked for patience meanwhile.
      if (limitedUntil > Date.now()) later(resource, signal);
      else void poll(resource, signal);
    }, wait);
    timers.add(timer);
  }

  function stop() {
    round.abort();
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  }

  /** Asks for everything now, and goes on from there. */
  function start() {
    stop();
    round = new AbortController();
    if (isHalted || document.hidden) return;
    const { signal } = round;
    const wait = limitedUntil - Date.now();
    for (const resource of resources) {
      if (wait > 0) later(resource, signal);
      else void poll(resource, signal);
    }
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) stop();
    else if (!isPaused) start();
  });

  return {
    start,
    /** Stops until `resume`, whatever else happens. */
    halt() {
      isHalted = true;
      stop();
    },
    resume() {
      isHalted = false;
      failures.clear();
      shown.clear();
      start();
    },
    /**
     * Paused, what the reader asks for is still read, once.
     *
     * @param {boolean} paused
     */
    setPaused(paused) {
      isPaused = paused;
      if (paused) stop();
      else start();
    },
  };
}
