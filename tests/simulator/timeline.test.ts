import { expect, test } from 'vitest';
import { createTimeline, type TimelineSettings } from '../../apps/simulator/create-timeline.ts';
import { createWorld } from '../../apps/simulator/create-world.ts';
import { eventTypes } from '../../apps/simulator/event-types.ts';
import { renderEvent } from '../../apps/simulator/render-event.ts';
import { get, keyOf, keysOf, noon, parse, startSimulator, walk } from './support.ts';

const settings: TimelineSettings = {
  seed: 1,
  eventsPerSecond: 20,
  badRowRate: 0,
  lateRate: 0.01,
  duplicateRate: 0.005,
  historyHours: 3,
};

function eventsBetween(from: number, to: number, changes: Partial<TimelineSettings> = {}) {
  const world = createWorld(changes.seed ?? 1);
  const timeline = createTimeline({ ...settings, ...changes }, noon, world);
  const entries = [];
  for (let second = from; second < to; second++) entries.push(...timeline.entriesOf(second));
  return entries.map((entry) => ({ entry, event: parse(renderEvent(1, world, entry).raw) }));
}

test('the same seed is the same world, byte for byte; another seed is another', async () => {
  const one = await startSimulator({ seed: 7, badRowRate: 0.1 });
  const same = await startSimulator({ seed: 7, badRowRate: 0.1 });
  const other = await startSimulator({ seed: 8, badRowRate: 0.1 });
  for (const step of [0, 1, 60, 3600]) {
    for (const { clock } of [one, same, other]) clock.time += step * 1000;
    const bodies = [];
    for (const { url } of [one, same, other]) bodies.push(Buffer.concat(await walk(url)));
    expect(bodies[0]?.equals(bodies[1] as Buffer)).toBe(true);
    expect(bodies[0]?.equals(bodies[2] as Buffer)).toBe(false);
  }
});

test('the timeline depends on the time, not on who asked before', async () => {
  const often = await startSimulator();
  const once = await startSimulator();
  for (let step = 0; step < 20; step++) {
    often.clock.time += 500;
    await walk(often.url);
  }
  once.clock.time += 10_000;
  expect(Buffer.concat(await walk(once.url)).equals(Buffer.concat(await walk(often.url)))).toBe(
    true,
  );
});

test('an epoch of its own lets a restarted simulator go on with its world', async () => {
  const epoch = noon - 7200_000;
  const before = await startSimulator({ epoch });
  const after = await startSimulator({ epoch });
  expect(Buffer.concat(await walk(after.url)).equals(Buffer.concat(await walk(before.url)))).toBe(
    true,
  );
});

test('whoever walks often loses nothing', async () => {
  const { url, clock } = await startSimulator({ historyHours: 3 });
  const seen = keysOf(await walk(url));
  // Every 4.2 s, pages drifting between the three requests; 300 events are 15 s.
  for (let step = 0; step < 40; step++) {
    for (const page of [1, 2, 3]) {
      clock.time += 1400;
      const { items } = await get(`${url}/events?per_page=100&page=${page}`);
      for (const key of keysOf(items)) seen.add(key);
    }
  }
  for (const key of keysOf(await walk(url))) seen.add(key);
  const appeared = eventsBetween(0, (clock.time - noon) / 1000).map(({ event }) => keyOf(event));
  expect(appeared).toHaveLength(20 * 168);
  expect(appeared.filter((key) => !seen.has(key))).toEqual([]);
});

test('whoever reads the first page only loses nearly everything but pushes', async () => {
  const { url, clock } = await startSimulator({ historyHours: 3 });
  const seen = new Set<string>();
  for (let step = 0; step < 60; step++) {
    clock.time += 1000;
    for (const key of keysOf((await get(`${url}/events?per_page=100`)).items)) seen.add(key);
  }
  const events = eventsBetween(0, 50).map(({ event }) => event);
  const stars = events.filter(({ type }) => type === 'WatchEvent');
  const lost = stars.filter((event) => !seen.has(keyOf(event)));
  expect(lost.length / stars.length).toBeGreaterThan(0.8);
});

test('the first page is almost only pushes, the mix comes after it', async () => {
  const { url } = await startSimulator();
  const types = (await walk(url)).map((item) => parse(item).type);
  const pushes = (part: string[]) => part.filter((type) => type === 'PushEvent').length;
  expect(pushes(types.slice(0, 100))).toBeGreaterThan(90);
  expect(pushes(types.slice(100))).toBeLessThan(180);
});

test('the order is roughly newest first, and strict in nothing', async () => {
  const { url } = await startSimulator();
  const events = (await walk(url)).map(parse);
  const times = events.map(({ created_at }) => Date.parse(created_at));
  const middle = (part: number[]) => part.sort((a, b) => a - b)[part.length >> 1] as number;
  expect(middle(times.slice(0, 60))).toBeGreaterThan(middle(times.slice(-60)));
  const steps = times.slice(1).map((time, index) => time - (times[index] as number));
  expect(steps.some((step) => step > 0)).toBe(true);
  const ids = events.map(({ id }) => Number(id));
  expect(ids).not.toEqual([...ids].sort((a, b) => b - a));
});

test('every documented type occurs, pushes most', () => {
  const counts = new Map<string, number>();
  const events = eventsBetween(0, 1200);
  for (const { event } of events) counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
  expect([...counts.keys()].sort()).toEqual([...eventTypes].sort());
  expect((counts.get('PushEvent') ?? 0) / events.length).toBeCloseTo(0.61, 1);
});

test('payloads have the shape of October 2025, a few the one before', () => {
  const events = eventsBetween(0, 300).map(({ event }) => event);
  const trimmed = ['before', 'head', 'push_id', 'ref', 'repository_id'];
  const pushes = events.filter(({ type }) => type === 'PushEvent');
  const shapes = pushes.map(({ payload }) => Object.keys(payload).sort());
  const isTrimmed = (shape: string[]) => shape.join() === trimmed.join();
  const old = shapes.filter((shape) => !isTrimmed(shape));
  expect(old.length / shapes.length).toBeGreaterThan(0.01);
  expect(old.length / shapes.length).toBeLessThan(0.06);
  for (const shape of old) expect(shape).toEqual(expect.arrayContaining(['commits', 'size']));

  const pulls = events.filter(({ type }) => type === 'PullRequestEvent');
  const short = pulls.map(({ payload }) => Object.keys(payload.pull_request as object).sort());
  expect(short).toContainEqual(['base', 'head', 'id', 'number', 'url']);
  expect(pulls.map(({ payload }) => payload.action)).toContain('merged');

  const created = events.filter(
    ({ type, payload }) => type === 'CreateEvent' && 'full_ref' in payload,
  );
  expect(created[0]?.payload.full_ref).toMatch(/^refs\/(heads|tags)\//);
});

test('pushes, creations and deletions are numbered apart from all others', () => {
  const plain = eventsBetween(-60, 60).map(({ event }) => event);
  const code = /^(Push|Create|Delete)Event$/;
  const inSequence = plain.filter(({ id, type }) => code.test(type) === Number(id) > 18e9);
  // The rest are those that bear their neighbour's id.
  expect(plain.length - inSequence.length).toBeLessThan(plain.length * 0.01);
});

test('an id is sometimes borne by two events of different types, an identity never', () => {
  const events = eventsBetween(0, 1200).map(({ event }) => event);
  expect(new Set(events.map(keyOf)).size).toBe(events.length);
  const ids = new Set(events.map(({ id }) => id));
  expect(events.length - ids.size).toBeGreaterThan(10);
});

test('ids of repositories and actors pass 2^31; bots have a display_login without suffix', () => {
  const events = eventsBetween(0, 60).map(({ event }) => event);
  expect(events.some(({ repo }) => repo.id > 2 ** 31)).toBe(true);
  expect(events.some(({ repo }) => repo.id < 2 ** 31)).toBe(true);
  expect(events.some(({ actor }) => actor.id > 2 ** 31)).toBe(true);
  const bots = events.filter(({ actor }) => actor.login.endsWith('[bot]'));
  expect(bots.length / events.length).toBeGreaterThan(0.1);
  for (const { actor } of bots) expect(actor.login).toBe(`${actor.display_login}[bot]`);
  expect(events.some(({ org }) => org !== undefined)).toBe(true);
  for (const { org, repo } of events) if (org) expect(repo.name).toContain(`${org.login}/`);
});

test('repositories and users are renamed: the id stays, the name changes', () => {
  const events = eventsBetween(-10_800, 0, { eventsPerSecond: 5 }).map(({ event }) => event);
  const names = new Map<number, Set<string>>();
  const owners = new Map<string, Set<number>>();
  const logins = new Map<number, Set<string>>();
  const add = <K, V>(map: Map<K, Set<V>>, key: K, value: V) =>
    map.set(key, (map.get(key) ?? new Set()).add(value));
  for (const { repo, actor } of events) {
    add(names, repo.id, repo.name);
    add(owners, repo.name, repo.id);
    add(logins, actor.id, actor.login);
  }
  const several = (map: Map<unknown, Set<unknown>>) =>
    [...map.values()].filter((set) => set.size > 1).length;
  expect(several(names)).toBeGreaterThan(10);
  expect(several(logins)).toBeGreaterThan(10);
  // And a name may belong to several ids over time.
  expect(several(owners)).toBeGreaterThan(0);
});

test('late events appear 30 s to 6 h after they happened, at the rate asked for', () => {
  const lags = eventsBetween(0, 600, { lateRate: 0.1 }).map(
    ({ entry }) => (entry.appearsAt - entry.createdAt) / 1000,
  );
  const late = lags.filter((lag) => lag >= 30);
  expect(late.length / lags.length).toBeCloseTo(0.1, 1);
  expect(Math.max(...late)).toBeLessThanOrEqual(6 * 3600 + 1);
  expect(Math.max(...late)).toBeGreaterThan(3600);
  expect(lags.filter((lag) => lag < 30).every((lag) => lag <= 4)).toBe(true);
});

test('the share of duplicates appears twice, in the same bytes', async () => {
  const world = createWorld(1);
  const timeline = createTimeline({ ...settings, duplicateRate: 0.1 }, noon, world);
  let appearances = 0;
  const distinct = new Set<string>();
  for (let second = 0; second < 300; second++) {
    for (const { entry } of timeline.appearancesOf(second)) {
      appearances += 1;
      distinct.add(renderEvent(1, world, entry).raw.toString('latin1'));
    }
  }
  expect((appearances - distinct.size) / distinct.size).toBeCloseTo(0.1, 1);
});

test('another rate of bad rows leaves the rest of the world as it was', () => {
  const clean = eventsBetween(0, 60).map(({ entry }) => ({ ...entry, kind: null }));
  const world = createWorld(1);
  const timeline = createTimeline({ ...settings, badRowRate: 0.3 }, noon, world);
  const spoilt = Array.from({ length: 60 }, (_, second) => timeline.entriesOf(second)).flat();
  expect(spoilt.filter(({ kind }) => kind !== null).length).toBeGreaterThan(300);
  // Ids differ only where a neighbour's would have been borne.
  const withoutIds = (entries: typeof spoilt) => entries.map(({ id, kind, ...rest }) => rest);
  expect(withoutIds(spoilt)).toEqual(withoutIds(clean as typeof spoilt));
});
