import { randomUUID } from 'node:crypto';
import type { Pool } from '../shared/database.ts';
import { messageOf, UserError } from '../shared/errors.ts';
import { failpoint } from '../shared/failpoint.ts';
import type { Logger } from '../shared/logger.ts';
import { backoff, pause, retry } from '../shared/retry.ts';
import { PAGE_COUNT, type PageOutcome } from './fetch-page.ts';
import { type Access, noteAnswer } from './github-access.ts';
import type { BatchCounts } from './save-events.ts';
import { savePage } from './save-page.ts';

/** What a feed's earlier walks taught. Kept in memory: without it a walk merely fetches what is known. */
export interface FeedMemory {
  /** ETag of each page whose items are stored. */
  etags: Map<number, string>;
  /** Pages the feed had last time. */
  pageCount: number;
}

export interface Walk {
  counts: WalkCounts;
  /** Requests that cost quota. */
  requestsCharged: number;
  /** Milliseconds that GitHub asks to leave between two polls; 0 when it did not say. */
  askedIntervalMs: number;
  /** Outcome of the last request. */
  last: PageOutcome;
}

type WalkCounts = Pick<
  BatchCounts,
  'fetched' | 'inserted' | 'duplicates' | 'deadLettered' | 'overlap'
>;

export interface WalkOptions {
  pool: Pool;
  log: Logger;
  /** Aborts when no further request is to be made. */
  signal: AbortSignal;
  /** Aborts a little later: a page that GitHub has begun to send is stored first, it may not be offered again. */
  inHand: AbortSignal;
  now: () => number;
  /** Further requests for a page after one that failed. */
  maxRetries: number;
}

export function createFeedMemory(): FeedMemory {
  return { etags: new Map(), pageCount: PAGE_COUNT };
}

/**
 * Walks through a feed once, from page 1: events that come in meanwhile push others to the next page, where they are
 * met again, so that the drift makes duplicates and loses nothing. Each page is stored before its ETag is remembered.
 *
 * @throws the signal's reason when it aborts.
 */
export async function walkFeed(
  feed: string,
  access: Access,
  memory: FeedMemory,
  options: WalkOptions,
): Promise<Walk> {
  const { signal, now, maxRetries } = options;
  const walkId = randomUUID();
  const counts: WalkCounts = {
    fetched: 0,
    inserted: 0,
    duplicates: 0,
    deadLettered: 0,
    overlap: 0,
  };
  let requestsCharged = 0;
  let askedIntervalMs = 0;

  async function request(page: number): Promise<PageOutcome> {
    const polledAt = now();
    const outcome = await access.fetchPage({
      feed,
      page,
      etag: memory.etags.get(page),
      signal: options.inHand,
    });
    if (outcome.kind === 'failed') signal.throwIfAborted();
    failpoint('listener.after-fetch');
    noteAnswer(access, outcome, now());
    const saved = await store({
      pollId: randomUUID(),
      walkId,
      feed,
      page,
      polledAt: new Date(polledAt),
      durationMs: now() - polledAt,
      outcome,
    });
    counts.fetched += saved.fetched;
    counts.inserted += saved.inserted;
    counts.duplicates += saved.duplicates;
    counts.deadLettered += saved.deadLettered;
    counts.overlap += saved.overlap;
    if (isCharged(outcome, access)) requestsCharged++;
    askedIntervalMs = Math.max(askedIntervalMs, (outcome.pollIntervalSeconds ?? 0) * 1000);
    return outcome;
  }

  /** A page in hand is kept until the database takes it. */
  function store(poll: Parameters<typeof savePage>[1]): Promise<BatchCounts> {
    return retry(() => savePage(options.pool, poll), {
      retries: Number.POSITIVE_INFINITY,
      isWorthRetrying: (error) => !(error instanceof UserError),
      signal,
      onRetry: (error, attempt, pauseMs) =>
        options.log.error(
          { feed, page: poll.page, attempt },
          `could not store a page, trying again in ${(pauseMs / 1000).toFixed(1)} s: ${messageOf(error)}`,
        ),
    });
  }

  async function requestWithRetries(page: number): Promise<PageOutcome> {
    let outcome = await request(page);
    for (let attempt = 0; outcome.kind === 'failed' && attempt < maxRetries; attempt++) {
      await pause(backoff(attempt), signal);
      signal.throwIfAborted();
      outcome = await request(page);
    }
    return outcome;
  }

  for (let page = 1; ; page++) {
    const outcome = await requestWithRetries(page);
    signal.throwIfAborted();
    if (outcome.kind === 'events') {
      if (outcome.etag !== null) memory.etags.set(page, outcome.etag);
      memory.pageCount = outcome.isLast ? page : PAGE_COUNT;
    } else if (outcome.kind === 'past-end') {
      memory.pageCount = Math.max(1, page - 1);
    }
    const goesOn = outcome.kind === 'events' || outcome.kind === 'not-modified';
    if (!goesOn || page >= memory.pageCount) {
      return { counts, requestsCharged, askedIntervalMs, last: outcome };
    }
  }
}

/** Every answer costs quota but a 304 to a request with a token. */
function isCharged(outcome: PageOutcome, access: Access): boolean {
  return outcome.status !== null && !(outcome.kind === 'not-modified' && access.isAuthenticated);
}
