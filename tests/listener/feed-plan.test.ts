import { describe, expect, test } from 'vitest';
import type { PageOutcome, Quota } from '../../apps/listener/fetch-page.ts';
import { type Access, noteAnswer } from '../../apps/listener/github-access.ts';
import { type Clock, listen } from '../../apps/listener/listen.ts';
import type { Walk } from '../../apps/listener/walk-feed.ts';
import { silentLog } from '../support/run-transform.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 31, 7, 12);

/** A GitHub in simulated time: a quota for each token, filled again on the hour, and feeds that change at their own rate. */
function createWorld(options: {
  quota: number;
  tokens: number;
  changesAnHour: (feed: string) => number;
}) {
  let now = START;
  const charged = new Map<string, number>();
  const walks = new Map<string, number[]>();
  const lastWalk = new Map<string, number>();
  let exceeded = 0;
  let freeAnswers = 0;

  const clock: Clock = {
    now: () => now,
    pause: async (ms) => {
      now += Math.max(0, ms);
    },
  };

  function spend(access: Access): Quota {
    const hour = Math.floor(now / HOUR);
    const key = `${access.name} ${hour}`;
    const used = (charged.get(key) ?? 0) + 1;
    charged.set(key, used);
    if (used > options.quota) exceeded++;
    return {
      limit: options.quota,
      remaining: Math.max(0, options.quota - used),
      resetAt: new Date((hour + 1) * HOUR),
    };
  }

  async function walk(feed: string, access: Access): Promise<Walk> {
    walks.set(feed, [...(walks.get(feed) ?? []), now]);
    const since = now - (lastWalk.get(feed) ?? now - 60_000);
    lastWalk.set(feed, now);
    const events = Math.floor(
      (options.changesAnHour(feed) * since) / HOUR + (feed.length % 2) * 0.5,
    );
    const pages = events === 0 ? 0 : Math.min(3, Math.ceil(events / 100));
    let last: PageOutcome = {
      kind: 'not-modified',
      status: 304,
      quota: access.quota,
      pollIntervalSeconds: 60,
      origin: 'simulator',
    };
    if (pages === 0) freeAnswers++;
    for (let page = 0; page < pages; page++) {
      now += 150;
      last = {
        kind: 'events',
        items: [],
        etag: null,
        isLast: true,
        status: 200,
        quota: spend(access),
        pollIntervalSeconds: 60,
        origin: 'simulator',
      };
      noteAnswer(access, last, now);
    }
    return {
      counts: { fetched: events, inserted: events, duplicates: 0, deadLettered: 0, overlap: 0 },
      requestsCharged: pages,
      askedIntervalMs: 60_000,
      last,
    };
  }

  const accesses: Access[] = Array.from({ length: options.tokens }, (_, index) => ({
    name: `token ${index + 1}`,
    isAuthenticated: true,
    fetchPage: () => Promise.reject(new Error('the walk is simulated')),
    quota: { limit: null, remaining: null, resetAt: null },
    blockedUntil: 0,
    limitsInARow: 0,
  }));

  return {
    walks,
    charged,
    counters: () => ({ exceeded, freeAnswers }),
    accesses,
    run: async (feeds: string[], hours: number) => {
      const stop = new AbortController();
      const ending: Clock = {
        ...clock,
        pause: async (ms, signal) => {
          await clock.pause(ms, signal);
          if (now > START + hours * HOUR) stop.abort();
        },
      };
      await listen({
        feeds,
        pollIntervalSeconds: 60,
        accesses,
        walk,
        log: silentLog,
        signal: stop.signal,
        clock: ending,
      });
    },
  };
}

const hundredFeeds = Array.from({ length: 100 }, (_, index) => `repos/owner/project-${index}`);

describe('a hundred feeds', () => {
  // Ten are busy, thirty change now and then, sixty hardly ever.
  const changesAnHour = (feed: string) => {
    const index = Number(feed.split('-')[1]);
    return index < 10 ? 600 : index < 40 ? 20 : 0.2;
  };

  test('on 5,000 requests an hour: none starves, the quota holds, 304s are not counted', async () => {
    const world = createWorld({ quota: 5000, tokens: 1, changesAnHour });
    await world.run(hundredFeeds, 6);
    expect(world.counters().exceeded).toBe(0);
    expect(world.counters().freeAnswers).toBeGreaterThan(1000);
    const counts = hundredFeeds.map((feed) => world.walks.get(feed)?.length ?? 0);
    // The quietest are still asked every quarter of an hour, the busy ones nearly every minute.
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(6 * 3.5);
    expect(Math.min(...counts.slice(0, 10))).toBeGreaterThanOrEqual(6 * 50);
    expect(longestWait(world.walks)).toBeLessThan(20 * 60_000);
  });

  test('all of them busy, and the quota short: all wait alike and none starves', async () => {
    const world = createWorld({ quota: 1000, tokens: 1, changesAnHour: () => 600 });
    await world.run(hundredFeeds, 5);
    expect(world.counters().exceeded).toBe(0);
    const counts = hundredFeeds.map((feed) => world.walks.get(feed)?.length ?? 0);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
    // The quota is used, not hoarded.
    const full = [...world.charged.values()].slice(1, -1);
    expect(Math.min(...full)).toBeGreaterThan(700);
  });

  test('two tokens share the work', async () => {
    const world = createWorld({ quota: 1000, tokens: 2, changesAnHour: () => 600 });
    await world.run(hundredFeeds, 3);
    expect(world.counters().exceeded).toBe(0);
    const used = ['token 1', 'token 2'].map((name) =>
      [...world.charged]
        .filter(([key]) => key.startsWith(name))
        .reduce((sum, [, count]) => sum + count, 0),
    );
    expect(Math.abs((used[0] ?? 0) - (used[1] ?? 0))).toBeLessThan(100);
  });
});

test('without a token the public feed is walked at the pace of 60 requests an hour', async () => {
  const world = createWorld({ quota: 60, tokens: 1, changesAnHour: () => 200_000 });
  await world.run(['public'], 5);
  expect(world.counters().exceeded).toBe(0);
  const walks = world.walks.get('public')?.length ?? 0;
  expect(walks).toBeGreaterThanOrEqual(5 * 17);
  expect(walks).toBeLessThanOrEqual(5 * 20 + 20);
});

function longestWait(walks: ReadonlyMap<string, number[]>): number {
  return Math.max(
    ...[...walks.values()].flatMap((times) =>
      times.slice(1).map((time, index) => time - (times[index] ?? time)),
    ),
  );
}
