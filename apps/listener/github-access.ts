import {
  createFetchPage,
  type FetchPage,
  PAGE_COUNT,
  type PageOutcome,
  type Quota,
} from './fetch-page.ts';

/** How long a refused token is left alone before it is tried again. */
const SET_ASIDE_MS = 3_600_000;

/** One way to ask GitHub: with a token of its own quota, or without any. */
export interface Access {
  /** `token 2`, or `no token`; never the token itself. */
  readonly name: string;
  readonly isAuthenticated: boolean;
  readonly fetchPage: FetchPage;
  quota: Quota;
  /** Not to be used before this time, in milliseconds. */
  blockedUntil: number;
  /** Limits met since the last good answer. */
  limitsInARow: number;
}

/** Makes an access for each token, or one without when there is none; as to `redact`, see GitHubOptions. */
export function createAccesses(
  apiUrl: string,
  tokens: readonly string[],
  now: () => number,
  redact?: (text: string) => string,
): Access[] {
  const noQuota: Quota = { limit: null, remaining: null, resetAt: null };
  const given = tokens.length === 0 ? [undefined] : tokens;
  return given.map((token, index) => ({
    name: token === undefined ? 'no token' : `token ${index + 1}`,
    isAuthenticated: token !== undefined,
    fetchPage: createFetchPage({ apiUrl, token, now, ...(redact && { redact }) }),
    quota: noQuota,
    blockedUntil: 0,
    limitsInARow: 0,
  }));
}

/** Takes over what an answer said about the access: its quota, and when it may be used again. */
export function noteAnswer(access: Access, outcome: PageOutcome, now: number): void {
  if (outcome.quota.limit !== null) access.quota = outcome.quota;
  if (outcome.kind === 'rate-limited') {
    // By a clock ahead of GitHub's, retryAt may be past; a limit met again asks for a longer pause each time.
    const least =
      access.limitsInARow === 0 ? 1_000 : Math.min(60_000 * 2 ** access.limitsInARow, SET_ASIDE_MS);
    access.blockedUntil = Math.max(outcome.retryAt.getTime(), now + least);
    access.limitsInARow++;
  } else if (outcome.kind === 'events' || outcome.kind === 'not-modified') {
    access.limitsInARow = 0;
  }
  if (outcome.kind === 'token-refused') access.blockedUntil = now + SET_ASIDE_MS;
}

/** Requests that may still be made before the quota is filled again; Infinity while unknown. */
function remainingRequests(access: Access, now: number): number {
  const { limit, remaining, resetAt } = access.quota;
  if (remaining === null || resetAt === null) return Number.POSITIVE_INFINITY;
  return resetAt.getTime() <= now ? (limit ?? Number.POSITIVE_INFINITY) : remaining;
}

/** The access to use now: not blocked, with the most requests left; undefined when all are blocked or used up. */
export function chooseAccess(accesses: readonly Access[], now: number): Access | undefined {
  return accesses
    .filter((access) => isUsable(access, now))
    .sort((a, b) => remainingRequests(b, now) - remainingRequests(a, now))[0];
}

/**
 * When the next walk may begin, in milliseconds: at a pace at which what is left of all quotas lasts until they are
 * filled again, and not while every access is blocked or used up.
 *
 * @param requestsPerWalk how many charged requests a walk makes on average.
 */
export function nextWalkAt(
  accesses: readonly Access[],
  lastWalkAt: number,
  requestsPerWalk: number,
  now: number,
): number {
  const usable = accesses.filter((access) => isUsable(access, now));
  if (usable.length === 0) return Math.min(...accesses.map((access) => usableAt(access, now)));
  let walksPerMs = 0;
  for (const { quota } of usable) {
    const untilReset = (quota.resetAt?.getTime() ?? 0) - now;
    if (quota.remaining === null || untilReset <= 0) return lastWalkAt;
    walksPerMs += quota.remaining / requestsPerWalk / untilReset;
  }
  return lastWalkAt + 1 / walksPerMs;
}

/** A walk may need a request for each page, and must not run out of quota halfway. */
function isUsable(access: Access, now: number): boolean {
  return access.blockedUntil <= now && remainingRequests(access, now) >= PAGE_COUNT;
}

function usableAt(access: Access, now: number): number {
  const hasQuota = remainingRequests(access, now) >= PAGE_COUNT;
  return Math.max(access.blockedUntil, hasQuota ? now : (access.quota.resetAt?.getTime() ?? now));
}
