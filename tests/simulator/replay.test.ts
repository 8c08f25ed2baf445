import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { createSimulator } from '../../apps/simulator/create-simulator.ts';
import { get, keyOf, keysOf, parse, startSimulator } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rm(folder, { recursive: true }));

function eventText(number: number): string {
  const created = new Date(1.42e12 + number * 1000).toISOString().slice(0, 19);
  return `{"id":"${number}",  "type":"PushEvent","n":1.50,"created_at":"${created}Z"}`;
}

function texts(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => eventText(from + index));
}

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A client as it should be: it stores a batch, then remembers the ETags of its pages. */
function createClient(url: string) {
  const stored: Buffer[] = [];
  let etags = new Map<number, string>();

  /** `killedAfter`: after how many pages it dies, without having remembered their ETags. */
  async function poll(killedAfter = Infinity): Promise<void> {
    const learned = new Map(etags);
    let isLast = false;
    for (let page = 1; page <= 3 && !isLast; page++) {
      const known = etags.get(page);
      const answer = await get(
        `${url}/events?per_page=100&page=${page}`,
        known === undefined ? {} : { 'if-none-match': known },
      );
      stored.push(...answer.items);
      learned.set(page, answer.headers.get('etag') ?? '');
      isLast = !(answer.headers.get('link') ?? '').includes('rel="next"');
      if (page === killedAfter) {
        etags = new Map();
        return;
      }
    }
    etags = learned;
  }
  return { stored, poll, forget: () => (etags = new Map()) };
}

test('every event reaches a reader that confirms, in order, in its own bytes', async () => {
  const files = [
    file('one.ndjson', `${texts(0, 500).join('\n')}\n`),
    file('two.json', `[\n${texts(500, 250).join(',\n')}\n]`),
    file('three.json.gz', gzipSync(texts(750, 130).join('\n'))),
    file('four.dat', gzipSync(`[${texts(880, 20).join(',')}]`)),
  ];
  const { simulator, url } = await startSimulator({ replayFiles: files });
  const start = { offered: 0, confirmed: 0, total: 900, skipped: 0, finished: false };
  expect(simulator.replayProgress()).toEqual(start);

  const client = createClient(url);
  await client.poll();
  expect(simulator.replayProgress()).toMatchObject({ offered: 300, confirmed: 0 });
  await client.poll();
  expect(simulator.replayProgress()).toMatchObject({ offered: 300, confirmed: 300 });
  for (let step = 0; step < 3; step++) await client.poll();
  expect(simulator.replayProgress()).toMatchObject({ offered: 900, finished: false });
  await client.poll();
  const done = { offered: 900, confirmed: 900, total: 900, skipped: 0, finished: true };
  expect(simulator.replayProgress()).toEqual(done);

  // It stays on the last window.
  await client.poll();
  expect(client.stored.map(String)).toEqual(texts(0, 900));
  const { offered, replay } = simulator.truth();
  expect([offered.total, replay]).toEqual([900, done]);
  const last = simulator.requests.slice(-6).map(({ outcome }) => outcome);
  expect(last).toEqual([304, 304, 304, 304, 304, 304]);
});

test('the request that confirms the last page of a window is answered 304 still', async () => {
  const { url } = await startSimulator({
    replayFiles: [file('w.ndjson', texts(0, 301).join('\n'))],
  });
  const page = (number: number, etag = '') =>
    get(`${url}/events?per_page=100&page=${number}`, etag === '' ? {} : { 'if-none-match': etag });
  const etags = [];
  for (const number of [1, 2, 3]) etags.push((await page(number)).headers.get('etag') ?? '');
  // Confirmed in any order, with unconfirmed readings between.
  expect((await page(3, etags[2])).status).toBe(304);
  expect((await page(1, etags[0])).status).toBe(304);
  expect((await page(2)).status).toBe(200);
  expect((await page(1)).items).toHaveLength(100);
  expect((await page(2, etags[1])).status).toBe(304);
  const moved = await page(1, etags[0]);
  expect([moved.status, moved.items.map(String)]).toEqual([200, [eventText(300)]]);
  expect(moved.headers.get('link')).toBeNull();
});

test('other page sizes confirm what they cover', async () => {
  const { simulator, url } = await startSimulator({
    replayFiles: [file('sizes.ndjson', texts(0, 310).join('\n'))],
  });
  for (let number = 1; number <= 10; number++) {
    const path = `${url}/events?per_page=30&page=${number}`;
    const etag = (await get(path)).headers.get('etag') ?? '';
    expect(simulator.replayProgress()?.confirmed).toBe((number - 1) * 30);
    expect((await get(path, { 'if-none-match': etag })).status).toBe(304);
  }
  expect((await get(`${url}/events`)).items.map(String)).toEqual(texts(300, 10));
});

test('a reader that is killed before it remembers loses nothing', async () => {
  const { simulator, url } = await startSimulator({
    replayFiles: [file('killed.ndjson', texts(0, 1000).join('\n'))],
    failures: { rate: 0.05, kinds: ['500', 'cut', 'reset'] },
  });
  const client = createClient(url);
  for (let step = 0; !simulator.replayProgress()?.finished && step < 200; step++) {
    const killedAfter = step % 5 === 0 ? 1 + (step % 3) : Infinity;
    // What fails leaves the client as one that was killed: it starts anew.
    await client.poll(killedAfter).catch(client.forget);
  }
  expect(simulator.replayProgress()).toMatchObject({ confirmed: 1000, finished: true });
  expect(keysOf(client.stored)).toEqual(keysOf(texts(0, 1000).map((text) => Buffer.from(text))));
});

test('duplicates are served as they are, bad items are told by the truth, torn lines skipped', async () => {
  const lines = [
    eventText(1),
    eventText(1),
    '{"type":"A"}',
    '{"id":"1","ty',
    '{"id":"2","type":"A"}',
  ];
  const { simulator, url } = await startSimulator({
    replayFiles: [file('mixed.ndjson', lines.join('\n'))],
  });
  const { items } = await get(`${url}/events`);
  expect(items.map(String)).toEqual(lines.filter((line) => line !== '{"id":"1","ty'));
  const { offered, refused, replay } = simulator.truth();
  expect(offered).toMatchObject({ total: 2, items: 3 });
  expect(refused).toEqual({ total: 1, byKind: { missing_id: 1 }, items: 1 });
  expect(replay).toMatchObject({ total: 4, skipped: 1 });
});

test('a replay has the public feed and nothing else', async () => {
  const { simulator, url } = await startSimulator({
    replayFiles: [file('a.json', `[${eventText(1)}]`)],
  });
  for (const path of ['/2026-01-31-11.json.gz', '/users/ada/events', '/orgs/ada/events', '/x']) {
    expect((await get(url + path)).status).toBe(404);
  }
  expect((await get(`${url}/events?per_page=100&page=4`)).status).toBe(422);
  expect((await get(`${url}/events?per_page=100&page=2`)).body.toString()).toBe('[]');
  expect(simulator.names().repos).toEqual([]);
  expect(simulator.truth().happened.total).toBe(1);
});

test('an empty file is a replay that is finished', async () => {
  const { simulator, url } = await startSimulator({ replayFiles: [file('empty.ndjson', '')] });
  expect((await get(`${url}/events`)).body.toString()).toBe('[]');
  expect(simulator.replayProgress()).toMatchObject({ total: 0, finished: true });
});

test('a file that is not there, or is cut, stops the start and is named', async () => {
  const start = (path: string) => createSimulator({ replayFiles: [path] }).start();
  await expect(start(join(folder, 'none.json'))).rejects.toThrow(/none\.json: ENOENT/);
  const cut = gzipSync(texts(0, 100).join('\n')).subarray(0, 400);
  await expect(start(file('cut.gz', cut))).rejects.toThrow(/cut\.gz: unexpected end of file/);
});

const real =
  process.env.REAL_EVENTS_DIR ??
  fileURLToPath(new URL('../../../shared/real-events', import.meta.url));
const realFiles = [
  '2015-01-01-1.json.gz',
  '2021-07-21.part.json.gz',
  '2025-01-01-15.part.json.gz',
].map((name) => join(real, name));
const haveReal = realFiles.every((path) => existsSync(path));
const why = haveReal ? '' : ' (skipped: set REAL_EVENTS_DIR to the folder of real events)';

test.skipIf(!haveReal)(`all 10,275 real events arrive${why}`, async () => {
  const { simulator, url } = await startSimulator({ replayFiles: realFiles });
  const client = createClient(url);
  for (let step = 0; !simulator.replayProgress()?.finished && step < 100; step++) {
    await client.poll(step === 11 ? 2 : undefined);
  }
  const distinct = new Set(client.stored.map(parse).map(keyOf));
  expect(distinct.size).toBe(10_275);
  const { offered, refused } = simulator.truth();
  expect(offered).toMatchObject({ total: 10_275, good: 10_275 });
  expect(refused.total).toBe(0);
});
