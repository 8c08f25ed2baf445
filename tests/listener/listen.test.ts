import pino from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { createAccesses } from '../../apps/listener/github-access.ts';
import { type Clock, listen } from '../../apps/listener/listen.ts';
import { walkFeed } from '../../apps/listener/walk-feed.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { useSimulators } from '../support/use-simulator.ts';

const database = useTestDatabase();
const startSimulator = useSimulators();
beforeEach(() => emptyWarehouse(database));

/** Listens for some rounds of the feeds in a simulated hour or so; gives what was logged. */
async function listenFor(
  walks: number,
  url: string,
  feeds: string[],
  tokens: string[],
): Promise<string[]> {
  const lines: string[] = [];
  const log = pino(
    { level: 'info' },
    { write: (line: string) => lines.push((JSON.parse(line) as { msg: string }).msg) },
  );
  const stop = new AbortController();
  let now = 1_770_000_000_000;
  let done = 0;
  const clock: Clock = {
    now: () => now,
    pause: async (ms) => {
      now += Math.max(0, ms);
    },
  };
  await listen({
    feeds,
    pollIntervalSeconds: 60,
    accesses: createAccesses(url, tokens, clock.now),
    walk: async (feed, access, memory) => {
      if (++done >= walks) stop.abort();
      const { signal } = new AbortController();
      return await walkFeed(feed, access, memory, {
        pool: database.pool,
        log,
        signal,
        inHand: signal,
        now: clock.now,
        maxRetries: 0,
      });
    },
    log,
    signal: stop.signal,
    clock,
  });
  return lines;
}

describe('listen', () => {
  test('a feed that GitHub refuses is named once, clearly, and the others go on', async () => {
    const simulator = await startSimulator();
    const [repo] = simulator.names().repos;
    const feeds = ['public', 'repos/no/such', `repos/${repo}`];
    const lines = await listenFor(80, simulator.url, feeds, ['a-token']);
    expect(lines.filter((line) => line.includes('repos/no/such'))).toEqual([
      'GitHub refuses the feed repos/no/such (Not Found); the others go on, this one is asked hourly',
    ]);
    const polls = await database.rows<{ feed: string; count: number }>(
      'select feed, count(*)::int as count from ops.polls group by feed',
    );
    const counts = new Map(polls.map(({ feed, count }) => [feed, count]));
    expect(counts.get('repos/no/such')).toBeLessThanOrEqual(3);
    expect(counts.get('public')).toBeGreaterThan(100);
    expect(counts.get(`repos/${repo}`)).toBeGreaterThan(3);
  });

  test('a suspended token is set aside with a clear line, and the other does the work', async () => {
    const simulator = await startSimulator({ suspendedTokens: ['dead'] });
    const lines = await listenFor(10, simulator.url, ['public'], ['dead', 'alive']);
    const refusals = lines.filter((line) => line.includes('set aside'));
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatch(
      /^GitHub refuses token 1 \(.*suspended.*\); it is set aside for an hour$/i,
    );
    expect(lines.join()).not.toContain('dead');
    expect(
      await database.value(`select count(*)::int from ops.polls where outcome = 'events'`),
    ).toBeGreaterThanOrEqual(9);
    // The feed did not wait for its next turn.
    const [first, second] = await database.rows<{ polled_at: Date }>(
      'select polled_at from ops.polls order by recorded_at limit 2',
    );
    expect(second?.polled_at.getTime()).toBe(first?.polled_at.getTime());
  });

  test('a limit whose end lies in the past by our clock makes no hot loop', async () => {
    const simulator = await startSimulator();
    simulator.failNext({
      status: 403,
      times: 20,
      headers: {
        'x-ratelimit-limit': '5000',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '1769999000',
      },
      body: '{"message":"API rate limit exceeded"}',
    });
    await listenFor(5, simulator.url, ['public'], ['t']);
    const [span] = await database.rows<{ seconds: number }>(
      'select extract(epoch from max(polled_at) - min(polled_at))::int as seconds from ops.polls',
    );
    // One second, then two minutes, four, eight.
    expect(span?.seconds).toBeGreaterThan(800);
  });

  test('when GitHub cannot be reached it says so and goes on', async () => {
    const simulator = await startSimulator();
    simulator.failNext({ kind: 'reset', times: 2 });
    const lines = await listenFor(4, simulator.url, ['public'], ['t']);
    expect(lines[0]).toMatch(/^GitHub cannot be reached for public: .*; next try in 60 s$/);
    expect(lines[2]).toMatch(/^public: \d+ fetched/);
    expect(
      await database.value(
        `select count(*)::int from ops.polls where outcome = 'failed' and error is not null`,
      ),
    ).toBe(2);
  });
});
