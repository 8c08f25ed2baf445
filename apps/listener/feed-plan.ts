/** A feed's place in the plan. */
export interface PlannedFeed {
  readonly feed: string;
  /** When it is to be walked next, in milliseconds. */
  dueAt: number;
  /** Milliseconds between its walks. */
  intervalMs: number;
}

export interface WalkReport {
  /** When the walk began, in milliseconds. */
  startedAt: number;
  /** Events that were new. */
  inserted: number;
  /** GitHub does not know the feed, or keeps it closed. */
  isRefused: boolean;
  /** The access was refused or used up, not the feed: it is still due, with another access or when this one is free. */
  isStillDue: boolean;
  /** Milliseconds that GitHub asks to leave between two polls; 0 when it did not say. */
  askedIntervalMs: number;
}

/** A quiet feed is asked less and less often, down to once in this many intervals. */
const QUIETEST = 15;
/** A feed that GitHub refuses is asked again after this time: it may have been renamed back or opened. */
const REFUSED_INTERVAL_MS = 3_600_000;

/** Plans all feeds as due at once. */
export function planFeeds(feeds: readonly string[], now: number, baseMs: number): PlannedFeed[] {
  return feeds.map((feed) => ({ feed, dueAt: now, intervalMs: baseMs }));
}

/** The feed that is due first: the one longest overdue, so that none starves when the quota is short. */
export function nextFeed(plan: readonly PlannedFeed[]): PlannedFeed | undefined {
  return [...plan].sort((a, b) => a.dueAt - b.dueAt)[0];
}

/**
 * Plans a feed's next walk: at the base interval while it brings events, half as often again after each walk
 * that brought none. Never more often than GitHub asks.
 */
export function planNextWalk(planned: PlannedFeed, report: WalkReport, baseMs: number): void {
  if (report.isStillDue) return;
  const shortest = Math.max(baseMs, report.askedIntervalMs);
  if (report.isRefused) {
    planned.intervalMs = Math.max(shortest, REFUSED_INTERVAL_MS);
  } else if (report.inserted > 0 || planned.feed === 'public') {
    planned.intervalMs = shortest;
  } else {
    planned.intervalMs = Math.min(
      Math.max(shortest, planned.intervalMs) * 1.5,
      shortest * QUIETEST,
    );
  }
  planned.dueAt = report.startedAt + planned.intervalMs;
}
