import { constants, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createTimeline } from '../../apps/simulator/create-timeline.ts';
import { createWorld } from '../../apps/simulator/create-world.ts';
import { renderEvent } from '../../apps/simulator/render-event.ts';
import { get, keyOf, keysOf, noon, parse, startSimulator, walk } from './support.ts';

const hour = '2026-01-31-11';

function linesOf(text: Buffer): Buffer[] {
  const lines = text.toString('latin1').split('\n');
  return lines.filter((line) => line !== '').map((line) => Buffer.from(line, 'latin1'));
}

async function hourOf(url: string, path: string): Promise<Buffer[]> {
  const { status, body } = await get(`${url}${path}.json.gz`);
  expect(status).toBe(200);
  return linesOf(gunzipSync(body));
}

test('an hour is, byte for byte, what appeared in it', async () => {
  const settings = { seed: 1, eventsPerSecond: 3, badRowRate: 0.1, lateRate: 0.1 };
  const { url } = await startSimulator({ ...settings, duplicateRate: 0.05 });
  const world = createWorld(1);
  const options = { ...settings, duplicateRate: 0.05, historyHours: 1 };
  const timeline = createTimeline(options, noon, world);
  const expected: Buffer[] = [];
  for (let second = -3600; second < 0; second++) {
    for (const { entry } of timeline.appearancesOf(second)) {
      expected.push(renderEvent(1, world, entry).raw);
    }
  }
  const lines = await hourOf(url, `/${hour}`);
  expect(lines.length).toBeGreaterThan(10_800);
  expect(Buffer.concat(lines).equals(Buffer.concat(expected))).toBe(true);
});

test('an hour holds whatever the API showed in it, once it is over', async () => {
  const { url, clock } = await startSimulator({ eventsPerSecond: 1, lateRate: 0.1 });
  clock.time += 900_000;
  const seen = new Set<string>();
  for (let step = 0; step < 8; step++) {
    for (const key of keysOf(await walk(url))) seen.add(key);
    clock.time += 250_000;
  }
  expect((await get(`${url}/2026-01-31-12.json.gz`)).status).toBe(404);
  clock.time = noon + 3_600_000;
  const archived = keysOf(await hourOf(url, '/2026-01-31-12'));
  const missing = [...seen].filter((key) => !archived.has(key));
  expect(missing).toEqual([]);
  expect(archived.size).toBe(3600);
});

test.each([
  ['an hour with a leading zero', '/2026-01-31-09.json.gz'],
  ['an hour before the timeline', '/2026-01-31-7.json.gz'],
  ['the hour that still runs', '/2026-01-31-12.json.gz'],
  ['a day to come', '/2026-02-01-0.json.gz'],
  ['an hour no day has', '/2026-01-31-24.json.gz'],
  ['a day no month has', '/2025-02-30-1.json.gz'],
  ['an archive nobody keeps', `/nobody/${hour}.json.gz`],
  ['an archive that all objects have', `/constructor/${hour}.json.gz`],
])('%s is 404', async (_, path) => {
  const { url } = await startSimulator({ historyHours: 3 });
  expect((await get(url + path)).status).toBe(404);
});

test('past midnight the hours are 23 and 0', async () => {
  const epoch = Date.parse('2026-02-01T01:10:00Z');
  const { url, clock } = await startSimulator({ epoch, eventsPerSecond: 0.1 });
  clock.time = epoch;
  expect((await get(`${url}/2026-02-01-0.json.gz`)).status).toBe(200);
  expect((await get(`${url}/2026-01-31-23.json.gz`)).status).toBe(404);
});

test('archives sample independently of each other, at their rates, always the same', async () => {
  const archives = { one: { captureRate: 0.6 }, two: { captureRate: 0.3 } };
  const { url } = await startSimulator({ eventsPerSecond: 5, duplicateRate: 0, archives });
  const all = keysOf(await hourOf(url, `/${hour}`));
  const one = keysOf(await hourOf(url, `/one/${hour}`));
  const two = keysOf(await hourOf(url, `/two/${hour}`));
  const both = [...one].filter((key) => two.has(key));
  expect([...one, ...two].every((key) => all.has(key))).toBe(true);
  const share = (count: number) => count / all.size;
  expect(Math.abs(share(one.size) - 0.6)).toBeLessThan(0.015);
  expect(Math.abs(share(two.size) - 0.3)).toBeLessThan(0.015);
  expect(Math.abs(share(both.length) - 0.18)).toBeLessThan(0.015);
  expect(keysOf(await hourOf(url, `/one/${hour}`))).toEqual(one);
});

test('an event is caught each time it appears, or never', async () => {
  const archives = { half: { captureRate: 0.5 } };
  const { url } = await startSimulator({ eventsPerSecond: 2, duplicateRate: 0.3, archives });
  const count = (lines: Buffer[]) => {
    const counts = new Map<string, number>();
    for (const key of lines.map(parse).map(keyOf)) counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts;
  };
  const all = count(await hourOf(url, `/${hour}`));
  for (const [key, times] of count(await hourOf(url, `/half/${hour}`))) {
    expect(times).toBe(all.get(key));
  }
});

test('hours can be missing, empty or cut, in the complete archive too', async () => {
  const gone = { captureRate: 1, missingHours: [hour] };
  const empty = { captureRate: 1, emptyHours: [hour] };
  const { simulator, url } = await startSimulator({ archives: { '': gone, gone, empty } });
  expect((await get(`${url}/${hour}.json.gz`)).status).toBe(404);
  expect((await get(`${url}/gone/${hour}.json.gz`)).status).toBe(404);
  expect(await hourOf(url, `/empty/${hour}`)).toEqual([]);
  expect(simulator.truth().offered.total).toBe(0);
});

test('of a cut hour the truth is what can still be read', async () => {
  const archives = { cut: { captureRate: 1, truncatedHours: [hour] } };
  const { simulator, url } = await startSimulator({ eventsPerSecond: 2, archives });
  const { body } = await get(`${url}/cut/${hour}.json.gz`);
  expect(() => gunzipSync(body)).toThrow('unexpected end of file');
  const text = gunzipSync(body, { finishFlush: constants.Z_SYNC_FLUSH });
  const lines = linesOf(text);
  const torn = lines.pop() as Buffer;
  expect(() => parse(torn)).toThrow();
  expect(lines.length).toBeGreaterThan(1000);
  const offered = [...simulator.offeredEvents()].map(keyOf);
  expect(new Set(offered)).toEqual(keysOf(lines));
  const refused = [...simulator.refusedItems()];
  expect(refused.map(({ kind }) => kind)).toEqual(['torn_line']);
  expect(refused[0]?.raw.equals(torn)).toBe(true);
});

test('other requests are answered while an hour is made', async () => {
  const { url } = await startSimulator({ eventsPerSecond: 50 });
  let isDone = false;
  const made = get(`${url}/${hour}.json.gz`).then(() => {
    isDone = true;
  });
  await get(`${url}/events`);
  expect(isDone).toBe(false);
  await made;
});
