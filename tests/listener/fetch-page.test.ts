import { describe, expect, test } from 'vitest';
import { createFetchPage } from '../../apps/listener/fetch-page.ts';
import { useSimulators } from '../support/use-simulator.ts';

const startSimulator = useSimulators();
const signal = new AbortController().signal;

function ask(apiUrl: string, page = 1, etag?: string, feed = 'public') {
  return createFetchPage({ apiUrl, token: 'secret' })({ feed, page, etag, signal });
}

describe('fetchPage', () => {
  test('gives the items of a page as GitHub sent them, and what GitHub says of itself', async () => {
    const simulator = await startSimulator({
      pollIntervalSeconds: 60,
      rateLimit: 5000,
      now: () => 1_770_000_000_000,
    });
    const first = await ask(simulator.url);
    expect(first).toMatchObject({
      kind: 'events',
      status: 200,
      isLast: false,
      pollIntervalSeconds: 60,
      quota: { limit: 5000, remaining: 4999, resetAt: expect.any(Date) },
    });
    const raw = await (await fetch(`${simulator.url}/events?per_page=100&page=1`)).text();
    if (first.kind !== 'events') throw new Error(first.kind);
    expect(first.items).toHaveLength(100);
    for (const item of first.items) expect(raw.includes(item.toString())).toBe(true);
    expect(await ask(simulator.url, 3)).toMatchObject({ kind: 'events', isLast: true });
  });

  test('a known ETag is answered by not-modified', async () => {
    const simulator = await startSimulator({ now: () => 1_770_000_000_000 });
    const first = await ask(simulator.url);
    if (first.kind !== 'events' || first.etag === null) throw new Error('no ETag');
    expect(await ask(simulator.url, 1, first.etag)).toMatchObject({
      kind: 'not-modified',
      status: 304,
    });
  });

  test('past the last page', async () => {
    const simulator = await startSimulator();
    expect(await ask(simulator.url, 4)).toMatchObject({ kind: 'past-end', status: 422 });
  });

  test('an unknown feed is refused', async () => {
    const simulator = await startSimulator();
    expect(await ask(simulator.url, 1, undefined, 'orgs/nobody-here')).toMatchObject({
      kind: 'feed-refused',
      status: 404,
    });
  });

  test.each([
    [{ status: 500 }, { kind: 'failed', status: 500 }],
    [
      { status: 502, body: '<html>Bad gateway</html>' },
      { kind: 'failed', status: 502 },
    ],
    [
      { status: 200, body: '<html>Sign in</html>' },
      { kind: 'failed', status: 200, error: 'the answer is not a JSON array' },
    ],
    [
      { status: 200, body: '[{"id":"1"},' },
      { kind: 'failed', status: 200 },
    ],
    [
      { status: 401, body: '{"message":"Bad credentials"}' },
      { kind: 'token-refused', error: 'Bad credentials' },
    ],
    [
      { status: 403, body: '{"message":"Sorry. Your account was suspended"}' },
      { kind: 'token-refused', error: 'Sorry. Your account was suspended' },
    ],
    [{ status: 451, body: '{"message":"Unavailable"}' }, { kind: 'feed-refused' }],
  ])('%j', async (failure, expected) => {
    const simulator = await startSimulator();
    simulator.failNext(failure);
    expect(await ask(simulator.url)).toMatchObject(expected);
  });

  test('a limit says when to come back: by retry-after, by the reset, or a minute later', async () => {
    const now = 1_770_000_000_000;
    const simulator = await startSimulator({ now: () => now });
    const fetchPage = createFetchPage({ apiUrl: simulator.url, token: 'x', now: () => now });
    const retryAt = async (failure: Parameters<typeof simulator.failNext>[0]) => {
      simulator.failNext(failure);
      const outcome = await fetchPage({ feed: 'public', page: 1, etag: undefined, signal });
      return outcome.kind === 'rate-limited' ? outcome.retryAt.getTime() - now : outcome.kind;
    };
    const body = '{"message":"You have exceeded a secondary rate limit."}';
    expect(await retryAt({ status: 429, headers: { 'retry-after': '17' }, body })).toBe(17_000);
    expect(
      await retryAt({
        status: 403,
        headers: {
          'x-ratelimit-limit': '5000',
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(now / 1000 + 100),
        },
        body: '{"message":"API rate limit exceeded"}',
      }),
    ).toBe(100_000);
    expect(await retryAt({ status: 403, body })).toBe(60_000);
  });

  test('nobody there, a reset connection and an abort are failures, not exceptions', async () => {
    expect(await ask('http://127.0.0.1:1')).toMatchObject({ kind: 'failed', status: null });
    const simulator = await startSimulator();
    simulator.failNext({ kind: 'reset' });
    expect(await ask(simulator.url)).toMatchObject({ kind: 'failed', status: null });
    simulator.failNext({ kind: 'timeout' });
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('stop')), 50);
    const outcome = createFetchPage({ apiUrl: simulator.url, token: undefined })({
      feed: 'public',
      page: 1,
      etag: undefined,
      signal: abort.signal,
    });
    expect(await outcome).toMatchObject({ kind: 'failed' });
  });
});
