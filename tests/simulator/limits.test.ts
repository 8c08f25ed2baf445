import { expect, test } from 'vitest';
import { get, noon, startSimulator } from './support.ts';

const token = { authorization: 'Bearer abc' };

test('each page has its own weak ETag; asked with it, it answers 304 until something appears', async () => {
  const { url, clock } = await startSimulator({ eventsPerSecond: 1 });
  const first = await get(`${url}/events?per_page=100`);
  const second = await get(`${url}/events?per_page=100&page=2`);
  const etag = first.headers.get('etag') ?? '';
  expect(etag).toMatch(/^W\/"[0-9a-f]{40}"$/);
  expect(second.headers.get('etag')).not.toBe(etag);

  for (const known of [etag, etag.replace('W/', ''), `"other", ${etag}`]) {
    const again = await get(`${url}/events?per_page=100`, { 'if-none-match': known });
    expect(again.status).toBe(304);
    expect(again.body).toHaveLength(0);
    expect(again.headers.get('etag')).toBe(etag);
    expect(again.headers.get('link')).toBe(first.headers.get('link'));
  }
  clock.time += 10_000;
  const changed = await get(`${url}/events?per_page=100`, { 'if-none-match': etag });
  expect(changed.status).toBe(200);
  expect(changed.headers.get('etag')).not.toBe(etag);
});

test('headers tell interval, quota and the time of the clock', async () => {
  const { url } = await startSimulator({ pollIntervalSeconds: 0, rateLimit: 100 });
  const { headers } = await get(`${url}/events`);
  expect(headers.get('x-poll-interval')).toBe('0');
  expect(headers.get('x-ratelimit-limit')).toBe('100');
  expect(headers.get('x-ratelimit-used')).toBe('1');
  expect(headers.get('x-ratelimit-remaining')).toBe('99');
  expect(headers.get('x-ratelimit-reset')).toBe(String(noon / 1000 + 3600));
  expect(headers.get('x-ratelimit-resource')).toBe('core');
  expect(headers.get('date')).toBe(new Date(noon).toUTCString());
});

test('a 304 is free for those with a token, and only for them', async () => {
  const { url } = await startSimulator({ eventsPerSecond: 1 });
  for (const [headers, used] of [
    [token, '1'],
    [{}, '2'],
  ] as const) {
    const { headers: told } = await get(`${url}/events`, headers);
    const known = { ...headers, 'if-none-match': told.get('etag') ?? '' };
    const again = await get(`${url}/events`, known);
    expect([again.status, again.headers.get('x-ratelimit-used')]).toEqual([304, used]);
  }
});

test('without options it is 60 an hour, 5000 with a token, each token for itself', async () => {
  const { createSimulator } = await import('../../apps/simulator/create-simulator.ts');
  const simulator = createSimulator();
  const url = await simulator.start();
  const remaining = async (headers: Record<string, string>) =>
    (await get(`${url}/events`, headers)).headers.get('x-ratelimit-remaining');
  expect(await remaining({})).toBe('59');
  expect(await remaining(token)).toBe('4999');
  expect(await remaining(token)).toBe('4998');
  expect(await remaining({ authorization: 'token def' })).toBe('4999');
  expect((await get(`${url}/events`)).headers.get('x-poll-interval')).toBe('60');
  await simulator.stop();
});

test('an exhausted quota answers 403 until its hour is over', async () => {
  const { url, clock } = await startSimulator({ rateLimit: 2 });
  for (const path of ['/events', '/users/nobody/events']) await get(url + path);
  const refused = await get(`${url}/events`);
  expect(refused.status).toBe(403);
  expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
  expect(refused.headers.get('x-ratelimit-reset')).toBe(String(noon / 1000 + 3600));
  expect(refused.headers.get('retry-after')).toBeNull();
  expect(JSON.parse(refused.body.toString()).message).toContain('rate limit exceeded');

  clock.time += 3599_000;
  expect((await get(`${url}/events`)).status).toBe(403);
  clock.time += 1000;
  const fresh = await get(`${url}/events`);
  expect([fresh.status, fresh.headers.get('x-ratelimit-remaining')]).toEqual([200, '1']);
});

test('a suspended token is a 403 without any rate-limit header', async () => {
  const { url } = await startSimulator({ suspendedTokens: ['abc'] });
  const { status, headers } = await get(`${url}/events`, token);
  expect(status).toBe(403);
  expect([...headers.keys()].filter((name) => /ratelimit|retry/.test(name))).toEqual([]);
  expect((await get(`${url}/events`, { authorization: 'Bearer other' })).status).toBe(200);
});

test('archive hours cost no quota', async () => {
  const { url } = await startSimulator({ rateLimit: 0, eventsPerSecond: 0.1 });
  expect((await get(`${url}/2026-01-31-11.json.gz`)).status).toBe(200);
  expect((await get(`${url}/events`)).status).toBe(403);
});
