import type { Logger } from '../shared/logger.ts';
import { pause } from '../shared/retry.ts';
import { nextFeed, type PlannedFeed, planFeeds, planNextWalk } from './feed-plan.ts';
import { PAGE_COUNT } from './fetch-page.ts';
import { type Access, chooseAccess, nextWalkAt } from './github-access.ts';
import { createFeedMemory, type FeedMemory, type Walk } from './walk-feed.ts';

/** Time as the listener knows it; tests put another in its place. */
export interface Clock {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Waits, and returns early without an error when the signal aborts. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

const systemClock: Clock = { now: Date.now, pause };

export interface ListenOptions {
  feeds: readonly string[];
  pollIntervalSeconds: number;
  accesses: readonly Access[];
  /** Walks through a feed once, see walkFeed. */
  walk: (feed: string, access: Access, memory: FeedMemory) => Promise<Walk>;
  log: Logger;
  signal: AbortSignal;
  clock?: Clock;
  /** Walk each feed once and return. */
  once?: boolean;
}

/** Share of a new walk in the running average of what walks cost. */
const COST_SMOOTHING = 0.2;
/** Walks answered by 304 alone cost nothing; the average stays above this, to divide by. */
const LEAST_COST = 0.05;

/**
 * Polls the feeds until the signal aborts, or each once: always the one that is due first, at a pace that the quotas
 * last.
 *
 * @returns how many walks failed.
 */
export async function listen(options: ListenOptions): Promise<number> {
  const { accesses, log, signal, clock = systemClock, once = false } = options;
  const baseMs = options.pollIntervalSeconds * 1000;
  const memories = new Map<string, FeedMemory>();
  const refused = new Set<string>();
  let plan = planFeeds(options.feeds, clock.now(), baseMs);
  let lastWalkAt = 0;
  let requestsPerWalk = PAGE_COUNT;
  let failures = 0;

  while (!signal.aborted) {
    const planned = nextFeed(plan);
    if (planned === undefined) break;
    const paced = nextWalkAt(accesses, lastWalkAt, requestsPerWalk, clock.now());
    await clock.pause(Math.max(planned.dueAt, paced) - clock.now(), signal);
    const access = chooseAccess(accesses, clock.now());
    if (signal.aborted || access === undefined) continue;

    const startedAt = clock.now();
    lastWalkAt = startedAt;
    const memory = memories.get(planned.feed) ?? createFeedMemory();
    memories.set(planned.feed, memory);
    const walk = await options.walk(planned.feed, access, memory);

    requestsPerWalk += COST_SMOOTHING * (walk.requestsCharged - requestsPerWalk);
    requestsPerWalk = Math.max(LEAST_COST, requestsPerWalk);
    if (isFailure(walk)) failures++;
    planNextWalk(
      planned,
      {
        startedAt,
        inserted: walk.counts.inserted,
        askedIntervalMs: walk.askedIntervalMs,
        isRefused: walk.last.kind === 'feed-refused',
        isStillDue: walk.last.kind === 'token-refused' || walk.last.kind === 'rate-limited',
      },
      baseMs,
    );
    report(planned, walk, access, log, refused, clock.now() - startedAt);
    if (once) plan = plan.filter((feed) => feed !== planned);
  }
  return failures;
}

function isFailure({ last }: Walk): boolean {
  return last.kind !== 'events' && last.kind !== 'not-modified' && last.kind !== 'past-end';
}

/** One line a walk; what is wrong says so, and a feed that GitHub refuses is named once. */
function report(
  planned: PlannedFeed,
  { counts, last }: Walk,
  access: Access,
  log: Logger,
  refused: Set<string>,
  durationMs: number,
): void {
  const { feed } = planned;
  if (counts.fetched > 0) {
    const { fetched, inserted, duplicates, deadLettered } = counts;
    log.info(
      { feed, ...counts, durationMs },
      `${feed}: ${fetched} fetched, ${inserted} new, ${duplicates} known, ${deadLettered} refused | ${durationMs} ms`,
    );
  } else if (last.kind === 'not-modified') {
    log.info({ feed, durationMs }, `${feed}: nothing new | ${durationMs} ms`);
  }

  if (last.kind === 'feed-refused') {
    if (refused.has(feed)) return;
    refused.add(feed);
    log.error(
      { feed, status: last.status },
      `GitHub refuses the feed ${feed} (${last.error}); the others go on, this one is asked hourly`,
    );
    return;
  }
  refused.delete(feed);
  if (last.kind === 'failed') {
    const seconds = Math.round(planned.intervalMs / 1000);
    log.error(
      { feed, status: last.status },
      `GitHub cannot be reached for ${feed}: ${last.error}; next try in ${seconds} s`,
    );
  }
  if (last.kind === 'rate-limited') {
    const until = last.retryAt.toISOString();
    log.warn(
      { feed, access: access.name, until },
      `GitHub limits ${access.name} until ${until}: ${last.error}`,
    );
  }
  if (last.kind === 'token-refused') {
    log.error(
      { access: access.name, status: last.status },
      `GitHub refuses ${access.name} (${last.error}); it is set aside for an hour`,
    );
  }
}
