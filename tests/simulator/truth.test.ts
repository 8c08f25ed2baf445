import { expect, test } from 'vitest';
import type { Identity, Truth } from '../../apps/simulator/create-simulator.ts';
import { classifyItem } from '../../apps/simulator/replay/classify-item.ts';
import { get, keyOf, startSimulator, walk } from './support.ts';

function linesOf(body: Buffer): unknown[] {
  const lines = body.toString().split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line));
}

test('the truth is what a client collected', async () => {
  const { simulator, url, clock } = await startSimulator({ badRowRate: 0.2, duplicateRate: 0.05 });
  const items: Buffer[] = [];
  for (let step = 0; step < 15; step++) {
    items.push(...(await walk(url)));
    clock.time += 5000;
  }
  const mine = items.map((raw) => classifyItem(raw));
  const accepted = mine.flatMap(({ identity }) => (identity === null ? [] : [keyOf(identity)]));
  const refused = mine.flatMap(({ verdict, raw }) =>
    verdict === 'refused' ? [raw.toString('latin1')] : [],
  );

  const truth = JSON.parse((await get(`${url}/_truth`)).body.toString()) as Truth;
  expect(truth).toEqual(simulator.truth());
  expect(truth.requests).toEqual({ total: 45, byOutcome: { 200: 45 } });
  expect(truth.offered.items + truth.refused.items).toBe(items.length);
  expect(truth.offered.items).toBe(accepted.length);
  expect(truth.offered.total).toBe(new Set(accepted).size);
  expect(truth.offered.good + truth.offered.odd).toBe(truth.offered.total);
  expect(truth.offered.bySource).toEqual({ api: truth.offered.total });
  expect(truth.refused.total).toBe(new Set(refused).size);
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
  expect(sum(truth.offered.byType)).toBe(truth.offered.total);
  expect(sum(truth.refused.byKind)).toBe(truth.refused.total);

  const events = linesOf((await get(`${url}/_truth/events`)).body) as Identity[];
  expect(new Set(events.map(keyOf))).toEqual(new Set(accepted));
  expect(events).toHaveLength(truth.offered.total);
  const shown = linesOf((await get(`${url}/_truth/refused`)).body) as { raw_base64: string }[];
  const bytes = shown.map(({ raw_base64 }) => Buffer.from(raw_base64, 'base64').toString('latin1'));
  expect(new Set(bytes)).toEqual(new Set(refused));
});

test('what happened counts also what nobody asked for', async () => {
  const { simulator, clock } = await startSimulator({ eventsPerSecond: 5, historyHours: 1 });
  expect(simulator.truth().happened.total).toBe(5 * 3600);
  clock.time += 10_000;
  const { happened, offered } = simulator.truth();
  expect(happened.total).toBe(5 * 3610);
  expect(offered.total).toBe(0);
  const hours = simulator.happenedByHour();
  expect(Object.keys(hours)).toContain('2026-01-31T11');
  const all = Object.values(hours).flatMap((types) => Object.values(types));
  expect(all.reduce((sum, count) => sum + count, 0)).toBe(happened.total);
  // A clock that goes back takes them with it.
  clock.time -= 10_000;
  expect(simulator.truth().happened.total).toBe(5 * 3600);
});

test('offered is told by source', async () => {
  const { simulator, url } = await startSimulator({
    eventsPerSecond: 0.5,
    archives: { witness: { captureRate: 0.5 } },
  });
  await walk(url);
  await get(`${url}/2026-01-31-11.json.gz`);
  await get(`${url}/witness/2026-01-31-11.json.gz`);
  const { bySource, total } = simulator.truth().offered;
  expect(bySource).toMatchObject({ api: expect.any(Number), archive: 1800 });
  expect(total).toBe(1800);
  const witnessed = [...simulator.offeredEvents('archive:witness')];
  expect(witnessed).toHaveLength(bySource['archive:witness'] as number);
  expect([...simulator.offeredEvents('nobody')]).toEqual([]);
  const lines = linesOf((await get(`${url}/_truth/events?source=archive:witness`)).body);
  expect(lines).toEqual(witnessed);
});

test('health, names, requests; the simulator’s own pages are no requests', async () => {
  const { simulator, url, clock } = await startSimulator();
  expect((await get(`${url}/_health`)).body.toString()).toBe('{"status":"ok"}');
  expect((await get(`${url}/_other`)).status).toBe(404);
  const names = JSON.parse((await get(`${url}/_names`)).body.toString());
  expect(names).toEqual(simulator.names());
  expect(simulator.requests).toEqual([]);

  clock.time += 1000;
  await get(`${url}/events?page=2`, { authorization: 'Bearer secret' });
  const [record] = simulator.requests;
  expect(record).toEqual({
    at: clock.time,
    method: 'GET',
    path: '/events?page=2',
    outcome: 200,
    authenticated: true,
    items: 30,
  });
  expect((await get(`${url}/_requests`)).body.toString()).not.toContain('secret');
  const happened = JSON.parse((await get(`${url}/_truth/happened`)).body.toString());
  expect(happened).toEqual(simulator.happenedByHour());
});

test('the log keeps the last 1,000 requests, the counters all', async () => {
  const { simulator, url } = await startSimulator({ eventsPerSecond: 0 });
  for (let count = 0; count < 1010; count++) await get(`${url}/events?page=${(count % 9) + 1}`);
  expect(simulator.requests).toHaveLength(1000);
  expect(simulator.requests.at(-1)?.path).toBe(`/events?page=${(1009 % 9) + 1}`);
  expect(simulator.truth().requests.total).toBe(1010);
});

test('a simulator that was not started knows nothing, and can be stopped', async () => {
  const { createSimulator } = await import('../../apps/simulator/create-simulator.ts');
  const simulator = createSimulator();
  expect(simulator.url).toBe('');
  expect(simulator.truth().happened).toEqual({ total: 0, refused: 0, byType: {} });
  expect(simulator.replayProgress()).toBeNull();
  expect(simulator.happenedByHour()).toEqual({});
  expect(simulator.names()).toEqual({ orgs: [], repos: [], users: [] });
  await simulator.stop();
  await simulator.stop();
});
