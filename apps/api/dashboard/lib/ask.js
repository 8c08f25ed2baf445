// @ts-check
/**
 * One question to the API and what can come of it.
 *
 * @typedef {{ kind: 'fresh', data: unknown }
 *   | { kind: 'unchanged' }
 *   | { kind: 'unauthorised' }
 *   | { kind: 'limited', retryAfterMs: number }
 *   | { kind: 'refused', status: number, detail: string }
 *   | { kind: 'failed', status: number, detail: string }
 *   | { kind: 'unreachable' }} Outcome
 * `refused`: the question was wrong; `failed`: the API could not answer it
 */

const KEY = 'assay-api-key';
const LONGEST_ANSWER_MS = 15_000;
const USUAL_RETRY_MS = 10_000;

/** @type {string | null} */
let keyOfPage = null;

/** The key of this tab; where a browser keeps nothing for pages, of this page until it is left. */
export const apiKey = {
  /** @returns {string | null} */
  get: () => {
    try {
      return sessionStorage.getItem(KEY);
    } catch {
      return keyOfPage;
    }
  },
  /** @param {string} key */
  set: (key) => {
    keyOfPage = key;
    try {
      sessionStorage.setItem(KEY, key);
    } catch {}
  },
  forget: () => {
    keyOfPage = null;
    try {
      sessionStorage.removeItem(KEY);
    } catch {}
  },
};

/**
 * @param {string} path with its query
 * @param {string | undefined} etag of the answer that is known
 * @param {AbortSignal} signal
 * @returns {Promise<{ outcome: Outcome, etag: string | undefined }>}
 * @throws {DOMException} AbortError when the signal ends it
 */
export async function ask(path, etag, signal) {
  const key = apiKey.get();
  /** @type {Record<string, string>} */
  const headers = { accept: 'application/json' };
  if (etag !== undefined) headers['if-none-match'] = etag;
  if (key !== null) headers.authorization = `Bearer ${key}`;
  try {
    const response = await fetch(path, {
      headers,
      // Whether an answer is new is asked with the ETag above; nothing is to come out of a cache.
      cache: 'no-store',
      credentials: 'same-origin',
      signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_ANSWER_MS)]),
    });
    return {
      outcome: await readOutcome(response),
      etag: response.headers.get('etag') ?? undefined,
    };
  } catch (error) {
    if (signal.aborted) throw error;
    return { outcome: { kind: 'unreachable' }, etag: undefined };
  }
}

/**
 * @param {Response} response
 * @returns {Promise<Outcome>}
 */
async function readOutcome(response) {
  const { status } = response;
  if (status === 304) return { kind: 'unchanged' };
  if (status === 401 || status === 403) return { kind: 'unauthorised' };
  if (status === 429) return { kind: 'limited', retryAfterMs: readRetryAfter(response) };
  /** @type {unknown} */
  let body;
  try {
    body = await response.json();
  } catch {
    return { kind: 'failed', status, detail: 'The answer was no JSON.' };
  }
  // The health of a failed warehouse comes with 503, and is an answer all the same.
  if (response.ok || (typeof body === 'object' && body !== null && 'components' in body)) {
    return { kind: 'fresh', data: body };
  }
  const detail = readDetail(body);
  return status < 500 ? { kind: 'refused', status, detail } : { kind: 'failed', status, detail };
}

/** @param {Response} response */
function readRetryAfter(response) {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : USUAL_RETRY_MS;
}

/**
 * @param {unknown} body problem+json, if all is well
 * @returns {string}
 */
function readDetail(body) {
  const { detail, title } = /** @type {{ detail?: unknown, title?: unknown }} */ (body ?? {});
  if (typeof detail === 'string' && detail !== '') return detail;
  return typeof title === 'string' ? title : '';
}
