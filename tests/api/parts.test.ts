import { describe, expect, test } from 'vitest';
import { createApiKeys } from '../../apps/api/api-keys.ts';
import { createApi } from '../../apps/api/create-api.ts';
import { limitsOf } from '../../apps/api/limits.ts';
import { createResponseCache } from '../../apps/api/response-cache.ts';
import { readCursor, writeCursor } from '../../apps/api/routes/cursor.ts';
import { requireFewBuckets, wholeBuckets } from '../../apps/api/span.ts';
import { openWarehouse } from '../../apps/api/warehouse.ts';
import { loadConfig } from '../../apps/shared/config.ts';
import type { Pool } from '../../apps/shared/database.ts';
import { silentLog } from '../support/run-transform.ts';
import { LIMITS } from './support.ts';

describe('the cache of answers', () => {
  let at = 0;
  const cacheOf = (bytes: number) => createResponseCache(bytes, () => at);
  const body = (text: string) => async () => Buffer.from(text);

  test('gives an answer again while it is fresh, and no longer', async () => {
    at = 0;
    const cache = cacheOf(1000);
    await cache.get('a', 100, body('one'));
    at = 99;
    expect(String(await cache.get('a', 100, body('two')))).toBe('one');
    at = 100;
    expect(String(await cache.get('a', 100, body('two')))).toBe('two');
  });

  test('asks once for many who ask at the same time, also when it takes long', async () => {
    at = 0;
    const cache = cacheOf(1000);
    let asked = 0;
    let finish = (_: Buffer) => {};
    const slow = () => {
      asked += 1;
      return new Promise<Buffer>((done) => {
        finish = done;
      });
    };
    const answers = [cache.get('a', 100, slow), cache.get('a', 100, slow)];
    at = 1_000_000;
    answers.push(cache.get('a', 100, slow));
    finish(Buffer.from('one'));
    expect((await Promise.all(answers)).map(String)).toEqual(['one', 'one', 'one']);
    expect(asked).toBe(1);
  });

  test('keeps no failure', async () => {
    const cache = cacheOf(1000);
    await expect(cache.get('a', 100, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(String(await cache.get('a', 100, body('one')))).toBe('one');
  });

  test('lets the oldest go when there are too many bytes', async () => {
    at = 0;
    const cache = cacheOf(25);
    for (const key of ['a', 'b', 'c']) await cache.get(key, 100, body('0123456789'));
    expect(String(await cache.get('b', 100, body('again')))).toBe('0123456789');
    expect(String(await cache.get('a', 100, body('again')))).toBe('again');
  });

  test('gives what is larger than itself, and does not keep it', async () => {
    const cache = cacheOf(5);
    expect(String(await cache.get('a', 100, body('0123456789')))).toBe('0123456789');
    expect(String(await cache.get('a', 100, body('again')))).toBe('again');
  });
});

describe('statements', () => {
  /** A pool that answers nothing, and what it was asked. */
  function spyOn(answer: (query: { name?: string }) => unknown = () => ({ rows: [] })) {
    const asked: { name?: string; text: string }[] = [];
    const query = async (one: { name?: string; text: string }) => {
      asked.push(one);
      return answer(one);
    };
    return { asked, warehouse: openWarehouse({ query } as unknown as Pool) };
  }
  const FILTERS = ['2026-01-01', '2026-02-01', 'PushEvent', [1], [2], [3], [4], 'api:public'];

  test('are prepared for few sets of filters: a connection keeps them', async () => {
    const { asked, warehouse } = spyOn();
    const ask = (set: number) =>
      warehouse.rows('api/data-count', [
        ...FILTERS.map((value, index) => (set & (1 << index) ? value : null)),
        9,
      ]);
    for (let set = 0; set < 256; set++) await ask(set);
    const names = asked.flatMap(({ name }) => name ?? []);
    expect(new Set(names).size).toBe(64);
    expect(names).toHaveLength(64);
    await ask(0);
    expect(asked.at(-1)?.name).toBe(asked[0]?.name);
    await ask(255);
    expect(asked.at(-1)).toEqual(asked[255]);
    expect(asked[255]?.text).not.toMatch(/\$\d+::\S+ is null/);
  });

  test('whose columns have other types by now are sent anew', async () => {
    const { asked, warehouse } = spyOn(({ name }) => {
      if (name === undefined) return { rows: [{ id: '1' }] };
      throw Object.assign(new Error('cached plan must not change result type'), { code: '0A000' });
    });
    expect(await warehouse.rows('api/quality')).toEqual([{ id: '1' }]);
    expect(asked.map(({ name }) => name)).toEqual(['api/quality ', undefined]);
  });
});

describe('many who look at once', () => {
  /** An API whose database answers when it is told to, and what it was asked. */
  async function openSlow(keys: string[] = []) {
    const asked: string[] = [];
    const waiting: (() => void)[] = [];
    const answer = async (name: string, found: unknown) => {
      asked.push(name);
      await new Promise<void>((done) => waiting.push(done));
      return found;
    };
    const app = await createApi({
      warehouse: {
        rows: (name) => answer(name, []) as Promise<never[]>,
        row: (name) => answer(name, { open: 0, resolved: 0 }) as Promise<never>,
        expectedRows: async () => 0,
      },
      log: silentLog,
      keys,
      corsOrigins: [],
      rateLimit: 0,
      limits: LIMITS,
    });
    const turn = () => new Promise((done) => setTimeout(done, 20));
    return {
      app,
      asked,
      /** Lets those that have waited longest go on. */
      goOn: async (count = 99) => {
        await turn();
        for (const done of waiting.splice(0, count)) done();
        await turn();
      },
    };
  }

  test('/health asks the database once, needing neither key nor limit', async () => {
    const { app, asked, goOn } = await openSlow(['0123456789abcdef']);
    const answers = Array.from({ length: 20 }, () => app.inject('/health'));
    await goOn();
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual(
      Array(20).fill(503),
    );
    expect(asked).toEqual(['api/health']);
    const again = app.inject('/health');
    await goOn();
    await again;
    expect(asked).toHaveLength(2);
  });

  test('/metrics tells each of them all', async () => {
    const { app, goOn } = await openSlow();
    const first = app.inject('/metrics');
    await goOn();
    const second = app.inject('/metrics');
    // The five of the first are answered, the one of the second is not yet.
    await goOn(5);
    for (let step = 0; step < 4; step++) await goOn();
    for (const { body } of await Promise.all([first, second])) {
      expect(body).toContain('assay_database_up 1');
      expect(body.match(/assay_component_status\{/g)).toHaveLength(5);
      expect(body).toContain('assay_dead_letters{state="open"} 0');
    }
  });
});

describe('keys', () => {
  test('are found by their number, whole and exact', () => {
    const keys = createApiKeys(['one', 'two']);
    expect(keys.find({ 'x-api-key': 'two' })).toBe(1);
    expect(keys.find({ authorization: 'Bearer one' })).toBe(0);
    for (const wrong of ['', 'on', 'onee', 'ONE', 'one,two'])
      expect(keys.find({ 'x-api-key': wrong })).toBeUndefined();
    expect(keys.find({})).toBeUndefined();
  });
});

describe('spans', () => {
  const now = '2026-03-01T10:20:30.000Z';
  test('are widened to whole buckets, and end now unless told', () => {
    expect(wholeBuckets({}, 'hour', 2, now)).toEqual({
      since: '2026-03-01T09:00:00.000Z',
      until: '2026-03-01T11:00:00.000Z',
    });
    expect(wholeBuckets({ since: '2026-02-27T23:59:59Z' }, 'day', 2, now)).toEqual({
      since: '2026-02-27T00:00:00.000Z',
      until: '2026-03-02T00:00:00.000Z',
    });
  });
  test('reach neither before the first year nor after the last', () => {
    expect(
      wholeBuckets({ since: '9999-12-31', until: '9999-12-31T23:59:59Z' }, 'day', 1, now),
    ).toEqual({
      since: '9999-12-31T00:00:00.000Z',
      until: '9999-12-31T23:59:59.999Z',
    });
    expect(wholeBuckets({ until: '0001-01-01T01:00:00Z' }, 'day', 5, now).since).toBe(
      '0001-01-01T00:00:00.000Z',
    );
  });
  test('that begin after now, or hold too many buckets, are refused', () => {
    expect(() => wholeBuckets({ since: '2027-01-01' }, 'day', 1, now)).toThrow();
    const long = wholeBuckets({ since: '2010-01-01' }, 'day', 1, now);
    expect(() => requireFewBuckets(long, 'day')).not.toThrow();
    expect(() => requireFewBuckets(long, 'hour')).toThrow();
  });
});

describe('cursors', () => {
  test('come back as they were, whatever is in them', () => {
    for (const cursor of [
      { time: '2026-03-01T10:00:00Z', id: '1', type: 'PushEvent' },
      { time: '12026-03-01T10:00:00.123456Z', id: '"é,', type: '🚀' },
      { time: '2024-02-29T23:59:59Z', id: '1', type: 'PushEvent' },
    ])
      expect(readCursor(writeCursor(cursor))).toEqual(cursor);
  });
  test.each([
    '',
    'x',
    'W10',
    writeCursor({ time: 'now', id: '1', type: 'x' }),
    writeCursor({ time: '2026-03-01T10:00:00Z', id: '\0', type: 'x' }),
    ...[
      '2026-13-01',
      '2026-02-29',
      '1900-02-29',
      '2026-01-00',
      '0000-01-01',
      '294277-01-01',
      '02026-01-01',
    ].map((day) => writeCursor({ time: `${day}T10:00:00Z`, id: '1', type: 'x' })),
    ...['24:00:00', '10:60:00', '10:00:60'].map((clock) =>
      writeCursor({ time: `2026-01-01T${clock}Z`, id: '1', type: 'x' }),
    ),
  ])('that are none of ours are refused: %s', (given) => expect(() => readCursor(given)).toThrow());
});

test('late is what the alerts and the interval of polls say', () => {
  expect(limitsOf(loadConfig({}))).toEqual({
    silentSeconds: 180,
    longSilentSeconds: 7200,
    staleSeconds: 93_600,
  });
  expect(
    limitsOf(loadConfig({ FEEDS: 'orgs/x', POLL_INTERVAL_SECONDS: '100', ALERT_STALE_HOURS: '1' })),
  ).toMatchObject({ silentSeconds: 1800, staleSeconds: 3600 });
});
