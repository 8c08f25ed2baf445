import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { PageOutcome } from '../../apps/listener/fetch-page.ts';
import { type Access, createAccesses } from '../../apps/listener/github-access.ts';
import { savePage } from '../../apps/listener/save-page.ts';
import { createFeedMemory, walkFeed } from '../../apps/listener/walk-feed.ts';
import type { Origin } from '../../apps/shared/claim-origin.ts';
import { makeEvent } from '../support/events.ts';
import { silentLog } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { useSimulators } from '../support/use-simulator.ts';

const database = useTestDatabase();
const startSimulator = useSimulators();
beforeEach(() => emptyWarehouse(database));

const running = new AbortController().signal;

function walk(access: Access, memory = createFeedMemory(), feed = 'public', maxRetries = 2) {
  return walkFeed(feed, access, memory, {
    pool: database.pool,
    log: silentLog,
    signal: running,
    inHand: running,
    now: Date.now,
    maxRetries,
  });
}

function accessTo(url: string): Access {
  const [access] = createAccesses(url, ['token'], Date.now);
  if (access === undefined) throw new Error('no access');
  return access;
}

const polls = () =>
  database.rows(
    'select page, outcome, http_status, fetched, inserted, duplicates, dead_lettered from ops.polls order by polled_at, page',
  );

describe('walkFeed', () => {
  test('reads all three pages, and by their ETags nothing the second time', async () => {
    const simulator = await startSimulator({ now: () => 1_770_000_000_000 });
    const access = accessTo(simulator.url);
    const memory = createFeedMemory();
    const first = await walk(access, memory);
    expect(first).toMatchObject({ counts: { fetched: 300 }, requestsCharged: 3 });
    expect(await walk(access, memory)).toMatchObject({
      counts: { fetched: 0 },
      requestsCharged: 0,
      last: { kind: 'not-modified' },
    });
    expect((await polls()).map(({ page, outcome }) => `${page} ${outcome}`)).toEqual([
      '1 events',
      '2 events',
      '3 events',
      '1 not-modified',
      '2 not-modified',
      '3 not-modified',
    ]);
  });

  test('what was offered is in bronze or in the dead letters, and every poll balances, with a tenth of it broken', async () => {
    let now = 1_770_000_000_000;
    const simulator = await startSimulator({
      badRowRate: 0.1,
      duplicateRate: 0.05,
      lateRate: 0.05,
      now: () => now,
    });
    const access = accessTo(simulator.url);
    const memory = createFeedMemory();
    for (let round = 0; round < 8; round++) {
      await walk(access, memory);
      now += 9_000;
    }
    const { offered, refused } = simulator.truth();
    expect(refused.total).toBeGreaterThan(5);
    expect(await database.value('select count(*)::int from bronze.raw_events')).toBe(offered.total);
    expect(await database.value('select count(*)::int from bronze.dead_letter_queue')).toBe(
      refused.total,
    );
    const letters = await database.rows<{ raw: Buffer }>(
      'select raw from bronze.dead_letter_queue',
    );
    const sent = new Set([...simulator.refusedItems()].map(({ raw }) => raw.toString('hex')));
    expect(letters.filter(({ raw }) => !sent.has(raw.toString('hex')))).toEqual([]);
    expect(
      await database.rows(
        'select count(*)::int as unbalanced from ops.polls where fetched <> inserted + duplicates + dead_lettered',
      ),
    ).toEqual([{ unbalanced: 0 }]);
    expect(await database.value('select sum(fetched)::int from ops.polls')).toBe(
      offered.items + refused.items,
    );
  });

  test('overlap counts what was known before the walk, not what drifted to the next page meanwhile', async () => {
    const access = accessTo('http://unused');
    const pages = [
      [makeEvent({ id: '4' }), makeEvent({ id: '3' })],
      [makeEvent({ id: '3' }), makeEvent({ id: '2' }), makeEvent({ id: '1' })],
    ];
    let request = 0;
    const serve: Access['fetchPage'] = async () => ({
      ...answer(pages[request % 2] ?? []),
      isLast: request++ % 2 === 1,
    });
    const scripted = { ...access, fetchPage: serve };
    expect((await walk(scripted)).counts).toMatchObject({
      fetched: 5,
      inserted: 4,
      duplicates: 1,
      overlap: 0,
    });
    expect((await walk(scripted)).counts).toMatchObject({
      fetched: 5,
      inserted: 0,
      duplicates: 5,
      overlap: 5,
    });
  });

  test('a request that fails is tried again, and each is on the record', async () => {
    const simulator = await startSimulator();
    simulator.failNext({ status: 502 });
    expect(await walk(accessTo(simulator.url))).toMatchObject({ counts: { fetched: 300 } });
    expect((await polls()).map(({ outcome, http_status }) => `${outcome} ${http_status}`)).toEqual([
      'failed 502',
      'events 200',
      'events 200',
      'events 200',
    ]);
  });

  test('a limit ends the walk at once', async () => {
    const simulator = await startSimulator();
    simulator.failNext({ kind: '429', retryAfterSeconds: 5, match: 'page=2' });
    const access = accessTo(simulator.url);
    expect(await walk(access)).toMatchObject({
      counts: { fetched: 100 },
      last: { kind: 'rate-limited' },
    });
    expect(access.blockedUntil).toBeGreaterThan(Date.now() + 3_000);
  });

  test('an ETag is remembered only once its page is stored', async () => {
    const memory = createFeedMemory();
    const outcomes: (string | undefined)[] = [];
    const access: Access = {
      ...accessTo('http://unused'),
      fetchPage: async ({ etag }) => {
        outcomes.push(etag);
        return { ...answer([makeEvent()]), etag: '"e1"', isLast: true };
      },
    };
    await database.pool.query(
      'alter table ops.polls add constraint closed check (false) not valid',
    );
    const stop = new AbortController();
    const work = walkFeed('public', access, memory, {
      pool: database.pool,
      log: silentLog,
      signal: stop.signal,
      inHand: stop.signal,
      now: Date.now,
      maxRetries: 0,
    });
    setTimeout(() => stop.abort(new Error('stop')), 100);
    await expect(work).rejects.toThrow();
    await database.pool.query('alter table ops.polls drop constraint closed');
    expect(memory.etags.size).toBe(0);
    await walk(access, memory);
    expect(memory.etags.get(1)).toBe('"e1"');
    expect(outcomes).toEqual([undefined, undefined]);
    expect(await database.value('select count(*)::int from bronze.raw_events')).toBe(1);
  });

  test('a page stored again after a lost reply is counted once', async () => {
    const poll = {
      pollId: '00000000-0000-4000-8000-000000000001',
      walkId: '00000000-0000-4000-8000-000000000002',
      feed: 'public',
      page: 1,
      polledAt: new Date(),
      durationMs: 5,
      outcome: answer([makeEvent()]),
    };
    const first = await savePage(database.pool, poll);
    expect(first).toMatchObject({ fetched: 1, inserted: 1 });
    expect(await savePage(database.pool, poll)).toMatchObject({
      fetched: 1,
      inserted: 1,
      duplicates: 0,
    });
    expect(await database.value('select count(*)::int from ops.polls')).toBe(1);
  });

  test('made-up events never mix with real ones', async () => {
    const page = (origin: Origin) =>
      savePage(database.pool, {
        pollId: randomUUID(),
        walkId: randomUUID(),
        feed: 'public',
        page: 1,
        polledAt: new Date(),
        durationMs: 5,
        outcome: { ...answer([makeEvent()]), origin },
      });
    await page('simulator');
    await expect(page('github')).rejects.toThrow('holds the made-up events of a demo');
    expect(await database.value('select count(*)::int from ops.polls')).toBe(1);
  });

  test('a narrow feed of one page is asked for one page', async () => {
    const simulator = await startSimulator();
    const repo = simulator.names().repos.at(-1);
    const memory = createFeedMemory();
    const { counts } = await walk(accessTo(simulator.url), memory, `repos/${repo}`);
    expect(counts.fetched).toBeGreaterThan(0);
    expect(await database.rows('select distinct source from bronze.raw_events')).toEqual([
      { source: `api:repos/${repo}` },
    ]);
    if (counts.fetched < 100) expect(await polls()).toHaveLength(1);
  });
});

function answer(events: object[]): PageOutcome & { kind: 'events' } {
  return {
    kind: 'events',
    status: 200,
    items: events.map((event) => Buffer.from(JSON.stringify(event))),
    etag: null,
    isLast: true,
    quota: { limit: null, remaining: null, resetAt: null },
    pollIntervalSeconds: null,
    origin: 'simulator',
  };
}
