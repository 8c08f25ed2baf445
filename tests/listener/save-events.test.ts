import pg from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { saveEvents } from '../../apps/listener/save-events.ts';
import { createPool, withTransaction } from '../../apps/shared/database.ts';
import { makeEvent, store } from '../support/events.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();
beforeEach(() => emptyWarehouse(database));

const NESTED_TOO_DEEP = `{"id":"9","type":"PushEvent","payload":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;

/** Items that are no event, and the SQLSTATE their dead letter carries. */
const REFUSED: [string, string | Buffer, string][] = [
  ['a NUL escape', String.raw`{"id":"1","type":"X","a":"\u0000"}`, '22P05'],
  ['a lone surrogate', String.raw`{"id":"1","type":"X","a":"\ud800"}`, '22P02'],
  ['a number past numeric', '{"id":"1","type":"X","a":1e400000}', '22003'],
  ['nesting past the stack', NESTED_TOO_DEEP, '54001'],
  ['a raw NUL byte', Buffer.from('{"id":"1","type":"X","a":"\0"}'), '22021'],
  ['bad UTF-8', Buffer.from('7b226964223a2231222c2274797065223a22ff227d', 'hex'), '22021'],
  ['no JSON', '{"id":"1",', '22P02'],
  ['no object', '"text"', '23502'],
  ['an array', '[1]', '23502'],
  ['no id', '{"type":"X"}', '23502'],
  ['an id of null', '{"id":null,"type":"X"}', '23502'],
  ['an empty id', '{"id":"","type":"X"}', '23502'],
  ['an id that is an object', '{"id":{},"type":"X"}', '23502'],
  ['an id longer than an index takes', `{"id":"${'1'.repeat(5000)}","type":"X"}`, '23514'],
  ['no type', '{"id":"1"}', '23502'],
];

describe('saveEvents', () => {
  test('tells the oldest and the newest time of a narrowed batch in the hour that comes twice', async () => {
    const { connectionString, pool } = database;
    const name = pg.escapeIdentifier(new URL(connectionString).pathname.slice(1));
    await pool.query(`alter database ${name} set timezone = 'Europe/London'`);
    const local = createPool({ connectionString, applicationName: 'tests', max: 1 });
    try {
      // 01:30 in summer time, then 01:10 in winter time; the bad row between them halves the batch.
      const counts = await store(local, [
        makeEvent({ id: '1', created_at: '2025-10-26T00:30:00Z' }),
        NESTED_TOO_DEEP,
        makeEvent({ id: '2', created_at: '2025-10-26T01:10:00Z' }),
      ]);
      expect(counts).toMatchObject({
        inserted: 2,
        deadLettered: 1,
        oldestEventAt: '2025-10-26 00:30:00+00',
        newestEventAt: '2025-10-26 01:10:00+00',
      });
    } finally {
      await local.end();
      await pool.query(`alter database ${name} reset timezone`);
    }
  });

  test('stores a batch once: a second time all are duplicates', async () => {
    const events = [makeEvent({ id: '1' }), makeEvent({ id: '2' }), makeEvent({ id: '2' })];
    expect(await store(database.pool, events)).toMatchObject({
      fetched: 3,
      inserted: 2,
      duplicates: 1,
      deadLettered: 0,
    });
    expect(await store(database.pool, events)).toMatchObject({
      fetched: 3,
      inserted: 0,
      duplicates: 3,
      deadLettered: 0,
    });
    expect(await database.value('select count(*)::int from bronze.raw_events')).toBe(2);
  });

  test.each(REFUSED)(
    '%s lands in the dead letters with its bytes; the rest goes on',
    async (_name, item, code) => {
      const good = Array.from({ length: 9 }, (_, index) => makeEvent({ id: `${index}` }));
      const batch = [...good.slice(0, 4), item, ...good.slice(4)];
      expect(await store(database.pool, batch)).toMatchObject({
        fetched: 10,
        inserted: 9,
        duplicates: 0,
        deadLettered: 1,
      });
      const [letter] = await database.rows<{ raw: Buffer; error_code: string; attempts: number }>(
        'select raw, error_code, attempts from bronze.dead_letter_queue',
      );
      expect(letter?.raw.equals(Buffer.from(item as string))).toBe(true);
      expect(letter).toMatchObject({ error_code: code, attempts: 1 });
    },
  );

  test('the same bad item again is the same dead letter', async () => {
    await store(database.pool, ['{"type":"X"}']);
    await store(database.pool, ['{"type":"X"}', makeEvent()]);
    expect(await database.rows('select attempts from bronze.dead_letter_queue')).toEqual([
      { attempts: 2 },
    ]);
  });

  test('one bad item in a thousand costs the others nothing', async () => {
    const batch = Array.from({ length: 1000 }, (_, index) =>
      index === 577 ? '{"id":' : makeEvent({ id: `${index}` }),
    );
    expect(await store(database.pool, batch)).toMatchObject({ inserted: 999, deadLettered: 1 });
  });

  test('an event is id, type and time: the same id with another type or time is another event', async () => {
    const events = [
      makeEvent(),
      makeEvent({ type: 'WatchEvent' }),
      makeEvent({ created_at: '2026-03-01T12:00:01Z' }),
      makeEvent({ created_at: 'no time' }),
      makeEvent({ created_at: 'no time either' }),
    ];
    // The two without a readable time have the same key: NULL is not distinct from NULL.
    expect(await store(database.pool, events)).toMatchObject({ inserted: 4, duplicates: 1 });
  });

  test('rounds no number and drops no field', async () => {
    const raw =
      '{"id":12345678901234567890123,"type":"X","created_at":null,"n":[9007199254740993,1.10,1E2],"é":"\\\\u0000"}';
    await store(database.pool, [raw]);
    const [row] = await database.rows(
      'select event_id, payload::text as payload from bronze.raw_events',
    );
    expect(row).toEqual({
      event_id: '12345678901234567890123',
      payload:
        '{"n": [9007199254740993, 1.10, 100], "id": 12345678901234567890123, "é": "\\\\u0000", "type": "X", "created_at": null}',
    });
  });

  test.each([
    ['2026-01-31T07:00:00Z', '2026-01-31 07:00:00+00'],
    ['2012-04-01T00:00:00-07:00', '2012-04-01 07:00:00+00'],
    ['2024-08-01 17:05:28+00:00', '2024-08-01 17:05:28+00'],
    ['2024-08-01 17:05:28', '2024-08-01 17:05:28+00'],
    ['2024-08-01T17:05:28.123456', '2024-08-01 17:05:28.123456+00'],
    ['1970-01-01T00:00:00Z', '1970-01-01 00:00:00+00'],
    ['9999-12-31T23:59:59Z', '9999-12-31 23:59:59+00'],
    ['2026-13-01T00:00:00Z', null],
    ['2026-02-30T00:00:00Z', null],
    ['now', null],
    ['infinity', null],
    ['2026-01-31', null],
    ['', null],
  ])('the time %s is %s', async (written, expected) => {
    for (const zone of ['UTC', 'Asia/Kolkata', 'America/New_York']) {
      const read = await withTransaction(database.pool, async (client) => {
        await client.query(`set local timezone = '${zone}'`);
        return await client.query(
          `select (bronze.readable_time($1) at time zone 'UTC')::text || '+00' as time`,
          [written],
        );
      });
      expect(read.rows[0]?.time).toBe(expected);
    }
  });

  test('two batches with the same keys in opposite order do not deadlock', async () => {
    const events = Array.from({ length: 200 }, (_, index) => makeEvent({ id: `${index}` }));
    const rounds = Array.from({ length: 10 }, () =>
      Promise.all([store(database.pool, events), store(database.pool, events.toReversed())]),
    );
    const counts = (await Promise.all(rounds)).flat();
    expect(counts.reduce((sum, count) => sum + count.inserted, 0)).toBe(200);
  });

  test('an error that is not the data’s fault is thrown and stores nothing', async () => {
    const save = withTransaction(database.pool, async (client) => {
      await client.query('set local default_transaction_read_only = on');
      await client.query('set transaction read only');
      return await saveEvents(client, 'api:public', [
        { bytes: Buffer.from(JSON.stringify(makeEvent())), position: null },
      ]);
    });
    await expect(save).rejects.toMatchObject({ code: '25006' });
    expect(await database.value('select count(*)::int from bronze.dead_letter_queue')).toBe(0);
  });

  test('COMMIT of a failed transaction is not taken for a commit', async () => {
    const work = withTransaction(database.pool, async (client) => {
      await client.query('select 1/0').catch(() => {});
    });
    await expect(work).rejects.toThrow(/ended in ROLLBACK/);
  });
});
