import { Octokit } from '@octokit/rest';
import { type Origin, originOf } from '../shared/claim-origin.ts';
import { messageOf } from '../shared/errors.ts';
import { createRedactor } from '../shared/redact.ts';
import { splitJsonArray } from './split-json-array.ts';

/** GitHub's own limits: at most 100 events a page and 300 a feed; asking for more is clamped in silence. */
const PAGE_SIZE = 100;
export const PAGE_COUNT = 3;

const REQUEST_TIMEOUT_MS = 30_000;
/** GitHub asks to wait at least this long after a secondary limit that names no time. */
const UNNAMED_LIMIT_PAUSE_MS = 60_000;

/** What GitHub said of the quota; null where it said nothing. */
export interface Quota {
  limit: number | null;
  remaining: number | null;
  resetAt: Date | null;
}

interface Answered {
  status: number | null;
  quota: Quota;
  /** Seconds that GitHub asks to leave between two polls; null when it did not say. */
  pollIntervalSeconds: number | null;
  /** Whose answer it is: the simulator's events are made up. */
  origin: Origin;
}

/** What became of one request. */
export type PageOutcome = Answered &
  (
    | { kind: 'events'; items: Buffer[]; etag: string | null; isLast: boolean }
    | { kind: 'not-modified' }
    | { kind: 'past-end' }
    | { kind: 'rate-limited'; retryAt: Date; error: string }
    | { kind: 'token-refused'; error: string }
    | { kind: 'feed-refused'; error: string }
    | { kind: 'failed'; error: string }
  );

export interface PageRequest {
  /** public, orgs/NAME, repos/OWNER/NAME or users/NAME. */
  feed: string;
  page: number;
  /** ETag of the last answer that was stored, quotes included. */
  etag: string | undefined;
  signal: AbortSignal;
}

export type FetchPage = (request: PageRequest) => Promise<PageOutcome>;

export interface GitHubOptions {
  apiUrl: string;
  token: string | undefined;
  /** Blanks out secrets in what is told of a failure, which is stored: an answer may quote what it was asked with. */
  redact?: (text: string) => string;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/**
 * Makes the function that asks GitHub for one page of a feed. It never throws: whatever happens is an outcome. Items
 * come as the bytes GitHub sent.
 */
export function createFetchPage({
  apiUrl,
  token,
  redact = createRedactor([token ?? '']),
  now = Date.now,
}: GitHubOptions): FetchPage {
  const octokit = new Octokit({
    baseUrl: apiUrl,
    userAgent: 'assay',
    ...(token === undefined ? {} : { auth: token }),
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });

  return async ({ feed, page, etag, signal }) => {
    // AbortSignal.any would do the same, but leaves something behind on a long-lived signal for every request.
    const request = new AbortController();
    const abort = () => request.abort(signal.reason);
    signal.addEventListener('abort', abort);
    const timer = setTimeout(
      () => request.abort(new Error('no answer within 30 s')),
      REQUEST_TIMEOUT_MS,
    );
    try {
      const response = await octokit.request(`GET ${feed === 'public' ? '' : `/${feed}`}/events`, {
        per_page: PAGE_SIZE,
        page,
        headers: etag === undefined ? {} : { 'if-none-match': etag },
        request: {
          // The body as it came: Octokit's own parser would round and rewrite it.
          parseSuccessResponseBody: false,
          signal: request.signal,
        },
      });
      const headers = response.headers as Headers;
      const answered = readHeaders(response.status, headers);
      const items = splitJsonArray(await readBody(response.data));
      if (items === undefined)
        return { kind: 'failed', ...answered, error: 'the answer is not a JSON array' };
      return {
        kind: 'events',
        ...answered,
        items,
        etag: text(headers.etag),
        isLast: !/rel="next"/.test(String(headers.link ?? '')),
      };
    } catch (error) {
      const failure = explainFailure(error, now());
      return 'error' in failure ? { ...failure, error: redact(failure.error) } : failure;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  };
}

type Headers = Record<string, string | number | undefined>;

async function readBody(stream: unknown): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Octokit throws for every status but 2xx, 304 among them. */
function explainFailure(error: unknown, now: number): PageOutcome {
  const { status, response } = error as {
    status?: number;
    response?: { headers: Headers; data: unknown };
  };
  // Octokit gives a request that got no answer the status 500, without a response.
  if (response === undefined || status === undefined) {
    return { kind: 'failed', ...readHeaders(null, {}), error: messageOf(error) };
  }
  const { headers } = response;
  const answered = readHeaders(status, headers);
  const said = saidIn(response.data) ?? messageOf(error);
  switch (status) {
    case 304:
      return { kind: 'not-modified', ...answered };
    case 422:
      return /pagination is limited/i.test(said)
        ? { kind: 'past-end', ...answered }
        : { kind: 'feed-refused', ...answered, error: said };
    case 404:
    case 410:
    case 451:
      return { kind: 'feed-refused', ...answered, error: said };
    case 401:
      return { kind: 'token-refused', ...answered, error: said };
    case 403:
    case 429: {
      const retryAt = retryTime(headers, answered.quota, now);
      if (retryAt !== undefined || status === 429 || /rate limit|abuse/i.test(said)) {
        return {
          kind: 'rate-limited',
          ...answered,
          retryAt: retryAt ?? new Date(now + UNNAMED_LIMIT_PAUSE_MS),
          error: said,
        };
      }
      // A suspended token's 403 says nothing about limits; one for a closed feed does.
      const kind = answered.quota.limit === null ? 'token-refused' : 'feed-refused';
      return { kind, ...answered, error: said };
    }
    default:
      return { kind: 'failed', ...answered, error: `HTTP ${status}: ${said}` };
  }
}

function retryTime(headers: Headers, quota: Quota, now: number): Date | undefined {
  const retryAfter = wholeNumber(headers['retry-after']);
  if (retryAfter !== null) return new Date(now + retryAfter * 1000);
  return quota.remaining === 0 && quota.resetAt !== null ? quota.resetAt : undefined;
}

function readHeaders(status: number | null, headers: Headers): Answered {
  const reset = wholeNumber(headers['x-ratelimit-reset']);
  return {
    status,
    quota: {
      limit: wholeNumber(headers['x-ratelimit-limit']),
      remaining: wholeNumber(headers['x-ratelimit-remaining']),
      resetAt: reset === null ? null : new Date(reset * 1000),
    },
    pollIntervalSeconds: wholeNumber(headers['x-poll-interval']),
    origin: originOf(headers.server),
  };
}

/** GitHub puts its reason into `message`; a proxy may answer with a page of HTML. */
function saidIn(data: unknown): string | undefined {
  if (typeof data === 'object' && data !== null && 'message' in data) return String(data.message);
  if (typeof data !== 'string' || data === '') return undefined;
  // Octokit parses what is declared to be JSON only.
  return /^\{"message":"([^"]*)"/.exec(data)?.[1] ?? data.slice(0, 200);
}

function wholeNumber(value: string | number | undefined): number | null {
  const number = Number(value);
  return value === undefined || value === '' || !Number.isSafeInteger(number) ? null : number;
}

function text(value: string | number | undefined): string | null {
  return value === undefined ? null : String(value);
}
