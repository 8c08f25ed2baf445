import type { Config } from '../shared/config.ts';
import type { Pool } from '../shared/database.ts';
import type { Logger } from '../shared/logger.ts';
import { abortLater, pause } from '../shared/retry.ts';
import { nextFeed, type PlannedFeed, planFeeds, planNextWalk } from './feed-plan.ts';
import { PAGE_COUNT } from './fetch-page.ts';
import { type Access, chooseAccess, createAccesses, nextWalkAt } from './github-access.ts';
import { createFeedMemory, type Walk, walkFeed } from './walk-feed.ts';

export interface ListenOptions {
  config: Pick<
    Config,
    'feeds' | 'githubApiUrl' | 'githubTokens' | 'pollIntervalSeconds' | 'maxRetries'
  >;
  pool: Pool;
  log: Logger;
  signal: AbortSignal;
  /** Walk each feed once and return. */
  once?: boolean;
  now?: () => number;
}

/** How long a request in hand may go on after we were asked to stop. */
const FINISH_MS = 3_000;

/**
 * Polls the feeds until the signal aborts, or each once.
 *
 * @returns how many walks failed.
 */
export async function listen({
  config,
  pool,
  log,
  signal,
  once = false,
  now = Date.now,
}: ListenOptions): Promise<number> {
  const baseMs = config.pollIntervalSeconds * 1000;
  const accesses = createAccesses(config.githubApiUrl, config.githubTokens, now);
  const memories = new Map(config.feeds.map((feed) => [feed, createFeedMemory()]));
  const inHand = abortLater(signal, FINISH_MS);
  const refused = new Set<string>();
  let plan = planFeeds(config.feeds, now(), baseMs);
  let lastWalkAt = 0;
  let requestsPerWalk = PAGE_COUNT;
  let failures = 0;

  while (!signal.aborted) {
    const planned = nextFeed(plan);
    if (planned === undefined) break;
    const paced = nextWalkAt(accesses, lastWalkAt, Math.max(1, requestsPerWalk), now());
    await pause(Math.max(planned.dueAt, paced) - now(), signal);
    const access = chooseAccess(accesses, now());
    if (signal.aborted || access === undefined) continue;

    const startedAt = now();
    lastWalkAt = startedAt;
    const walk = await walkFeed(
      planned.feed,
      access,
      memories.get(planned.feed) ?? createFeedMemory(),
      {
        pool,
        log,
        signal,
        inHand,
        now,
        maxRetries: config.maxRetries,
      },
    );
    // Walks answered by 304 cost nothing: what they leave goes to the feeds that change.
    requestsPerWalk = 0.8 * requestsPerWalk + 0.2 * walk.requestsCharged;
    if (isFailure(walk)) failures++;
    const isRefused = walk.last.kind === 'feed-refused';
    planNextWalk(
      planned,
      {
        startedAt,
        inserted: walk.counts.inserted,
        isRefused,
        askedIntervalMs: walk.askedIntervalMs,
      },
      baseMs,
    );
    report(planned, walk, access, log, refused, now() - startedAt);
    if (once) plan = plan.filter((feed) => feed !== planned);
  }
  return failures;
}

function isFailure(walk: Walk): boolean {
  return (
    walk.last.kind !== 'events' &&
    walk.last.kind !== 'not-modified' &&
    walk.last.kind !== 'past-end'
  );
}

/** One line a walk; what is wrong says so, and a feed that GitHub refuses is named once. */
function report(
  planned: PlannedFeed,
  walk: Walk,
  access: Access,
  log: Logger,
  refused: Set<string>,
  durationMs: number,
): void {
  const { feed } = planned;
  const { counts, last } = walk;
  if (counts.fetched > 0) {
    log.info(
      { feed, ...counts, durationMs },
      `${feed}: ${counts.fetched} fetched, ${counts.inserted} new, ${counts.duplicates} known, ${counts.deadLettered} refused | ${durationMs} ms`,
    );
  } else if (last.kind === 'not-modified') {
    log.info({ feed, durationMs }, `${feed}: nothing new | ${durationMs} ms`);
  }
  const next = `next try in ${Math.round(planned.intervalMs / 1000)} s`;
  switch (last.kind) {
    case 'failed':
      log.error(
        { feed, status: last.status },
        `GitHub cannot be reached for ${feed}: ${last.error}; ${next}`,
      );
      break;
    case 'rate-limited':
      log.warn(
        { feed, access: access.name, retryAt: last.retryAt },
        `GitHub limits ${access.name} until ${last.retryAt.toISOString()}: ${last.error}`,
      );
      break;
    case 'token-refused':
      log.error(
        { access: access.name, status: last.status },
        `GitHub refuses ${access.name} (${last.error}); it is set aside for an hour`,
      );
      break;
    case 'feed-refused':
      if (!refused.has(feed))
        log.error(
          { feed, status: last.status },
          `GitHub refuses the feed ${feed} (${last.error}); the others go on, this one is asked hourly`,
        );
      refused.add(feed);
      return;
  }
  refused.delete(feed);
}
