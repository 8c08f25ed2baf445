import { expect, test } from 'vitest';
import type { FailureKind } from '../../apps/simulator/create-simulator.ts';
import { get, startSimulator } from './support.ts';

test.each(['500', '502', '503'] as const)('%s on demand, once', async (kind) => {
  const { simulator, url } = await startSimulator();
  simulator.failNext({ kind });
  expect((await get(`${url}/events`)).status).toBe(Number(kind));
  expect((await get(`${url}/events`)).status).toBe(200);
});

test.each(['403', '429'] as const)(
  'a secondary limit (%s) says when to come back',
  async (kind) => {
    const { simulator, url } = await startSimulator();
    simulator.failNext({ kind, retryAfterSeconds: 7 });
    const { status, headers, body } = await get(`${url}/events`);
    expect([status, headers.get('retry-after')]).toEqual([Number(kind), '7']);
    expect(headers.get('x-ratelimit-remaining')).not.toBe('0');
    expect(JSON.parse(body.toString()).message).toContain('secondary rate limit');
  },
);

test('a suspension on demand has no rate-limit headers', async () => {
  const { simulator, url } = await startSimulator();
  simulator.failNext({ kind: 'suspended' });
  const { status, headers } = await get(`${url}/events`);
  expect([status, headers.get('x-ratelimit-limit')]).toEqual([403, null]);
});

test('HTML where JSON was asked for', async () => {
  const { simulator, url } = await startSimulator();
  simulator.failNext({ kind: 'html' });
  const { status, headers, body } = await get(`${url}/events`);
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html']);
  expect(body.toString()).toMatch(/^<!DOCTYPE html>/);
});

test('an answer of one’s own goes out as it is, to the paths that match, so many times', async () => {
  const { simulator, url } = await startSimulator();
  const headers = { 'retry-after': '3' };
  simulator.failNext({ status: 429, headers, body: 'slow down', match: 'page=2', times: 2 });
  expect((await get(`${url}/events?page=1`)).status).toBe(200);
  for (const _ of [1, 2]) {
    const page = await get(`${url}/events?page=2`);
    expect([page.status, page.headers.get('retry-after')]).toEqual([429, '3']);
    expect(page.headers.get('x-ratelimit-limit')).toBeNull();
    expect(page.body.toString()).toBe('slow down');
  }
  expect((await get(`${url}/events?page=2`)).status).toBe(200);
});

test('failures asked for come in the order they were asked for', async () => {
  const { simulator, url } = await startSimulator();
  simulator.failNext({ kind: '500' });
  simulator.failNext({ kind: '502' });
  const statuses = [];
  for (const _ of [1, 2, 3]) statuses.push((await get(`${url}/events`)).status);
  expect(statuses).toEqual([500, 502, 200]);
});

test('a request that hangs is let go by stop', async () => {
  const { simulator, url } = await startSimulator();
  simulator.failNext({ kind: 'timeout' });
  await expect(fetch(`${url}/events`, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
  simulator.failNext({ kind: 'timeout' });
  const hanging = fetch(`${url}/events`);
  const ended = expect(hanging).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await simulator.stop();
  await ended;
  expect(simulator.truth().requests.byOutcome).toEqual({ timeout: 2 });
});

test('a torn connection and half a body offer nothing', async () => {
  const { simulator, url } = await startSimulator();
  simulator.failNext({ kind: 'reset' });
  await expect(get(`${url}/events`)).rejects.toThrow();
  simulator.failNext({ kind: 'cut' });
  await expect(get(`${url}/events?per_page=100`)).rejects.toThrow();
  const { requests, offered } = simulator.truth();
  expect(requests).toEqual({ total: 2, byOutcome: { reset: 1, cut: 1 } });
  expect(offered.total).toBe(0);
});

test('a rate of failures is kept, and depends on the seed alone', async () => {
  const kinds: FailureKind[] = ['500', '429', 'html', 'reset'];
  const outcomesOf = async (seed: number) => {
    const { simulator, url } = await startSimulator({ seed, failures: { rate: 0.3, kinds } });
    for (let count = 0; count < 200; count++)
      await get(`${url}/events?per_page=1`).catch(() => null);
    return simulator.requests.map(({ outcome }) => outcome);
  };
  const outcomes = await outcomesOf(1);
  expect(await outcomesOf(1)).toEqual(outcomes);
  expect(await outcomesOf(2)).not.toEqual(outcomes);
  // html has status 200: three of four kinds can be told from a good answer here.
  const failed = outcomes.filter((outcome) => outcome !== 200).length;
  expect(failed).toBeGreaterThan(25);
  expect(failed).toBeLessThan(70);
  expect(new Set(outcomes)).toEqual(new Set([200, 500, 429, 'reset']));
});

test('archives fail as well', async () => {
  const { simulator, url } = await startSimulator({ eventsPerSecond: 0.1 });
  simulator.failNext({ kind: '503', match: '.json.gz' });
  expect((await get(`${url}/events`)).status).toBe(200);
  expect((await get(`${url}/2026-01-31-11.json.gz`)).status).toBe(503);
});
