import { beforeEach, describe, expect, test } from 'vitest';
import { dropExpired } from '../../apps/transformer/drop-expired.ts';
import { maintain } from '../../apps/transformer/maintain.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { dropPastMonths, emptyWarehouse, useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();
beforeEach(async () => {
  await emptyWarehouse(database);
  await dropPastMonths(database);
});

const run = () => runTransform(database.connectionString);
const FOREVER = { bronze: undefined, silver: undefined, gold: undefined };
/** PostgreSQL's own clock stamps rows in the present, so what came in is settled a moment later. */
const settle = () => database.pool.query(`update ops.pipeline_watermarks set watermark = now()`);
const MONTHS = Array.from({ length: 14 }, (_, index) => {
  const date = new Date(Date.UTC(2025, index, 1));
  return date.toISOString().slice(0, 7);
});

function eventsOf(month: string, count: number, from = 0) {
  return Array.from({ length: count }, (_, n) =>
    makeEvent({
      id: `${month}-${from + n}`,
      type: n % 3 === 0 ? 'WatchEvent' : 'PushEvent',
      created_at: `${month}-${String(1 + (n % 28)).padStart(2, '0')}T${String(n % 24).padStart(2, '0')}:00:00Z`,
      actor: { id: n + 1, login: `user${n}` },
    }),
  );
}

async function counts(
  table: string,
): Promise<{ present: number; dropped: number; months: number }> {
  const [row] = await database.rows<{ present: number; dropped: number; months: number }>(
    `select (select count(*)::int from ${table}) as present,
       (select coalesce(sum(row_count), 0)::int from ops.dropped_partitions where table_name = $1) as dropped,
       (select count(*)::int from ops.months_of($1::regclass) where month < '2026-06-01') as months`,
    [table],
  );
  if (row === undefined) throw new Error('no row');
  return row;
}

describe('a year with retention on', () => {
  test('keeps the number of partitions bounded and every count right', {
    timeout: 360_000,
  }, async () => {
    const retention = { bronze: 45, silver: 100, gold: 200 };
    let stored = 0;
    let coverage = 0;
    for (const month of MONTHS) {
      const fresh = eventsOf(month, 90);
      stored += (await store(database.pool, fresh, `gharchive:${month}-01-0`)).inserted;
      expect((await store(database.pool, fresh)).inserted).toBe(0);
      expect(await run()).toEqual({ silver: 90, gold: 90 });
      await settle();
      const asOf = new Date(Date.parse(`${month}-28T00:00:00Z`) + 4 * 86_400_000).toISOString();
      await maintain(database.pool, retention, asOf);

      for (const [table, mostMonths] of [
        ['bronze.raw_events', 3],
        ['silver.events', 5],
        ['gold.fact_events', 8],
      ] as const) {
        const found = await counts(table);
        expect(found.present + found.dropped, `${table} in ${month}`).toBe(stored);
        expect(found.months, `${table} in ${month}`).toBeLessThanOrEqual(mostMonths);
      }
      // What was counted of months that are gone stands.
      const captured = Number(
        await database.value('select sum(captured_count) from gold.feed_coverage'),
      );
      expect(captured).toBe(stored);
      coverage = captured;
    }
    expect(coverage).toBe(14 * 90);
    expect((await counts('bronze.raw_events')).dropped).toBe(12 * 90);
    expect((await counts('bronze.sightings')).dropped).toBe(12 * 90);
    expect((await counts('gold.fact_events')).dropped).toBeGreaterThan(5 * 90);
    // A layer is dropped later than the one it is made from.
    expect(
      await database.value(
        `select bool_and(bronze.dropped_at <= silver.dropped_at) from ops.dropped_partitions as bronze
         join ops.dropped_partitions as silver on silver.month = bronze.month
         where bronze.table_name = 'bronze.raw_events' and silver.table_name = 'silver.events'`,
      ),
    ).toBe(true);
    for (const query of ['silver-against-bronze', 'facts-against-silver']) {
      const [row] = await database.rows<Record<string, string>>(await health(query));
      expect([row?.skipped_count, row?.surplus_count], query).toEqual(['0', '0']);
    }
  });
});

async function health(name: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const { warehousePath } = await import('../../apps/shared/project-root.ts');
  return await readFile(warehousePath('queries', 'health', `${name}.sql`), 'utf8');
}

describe('a month stays', () => {
  const later = '2026-06-01T00:00:00Z';
  const all = { bronze: 1, silver: 1, gold: 1 };

  test('when retention is off', async () => {
    await store(database.pool, eventsOf('2025-01', 5));
    await run();
    await settle();
    expect(await dropExpired(database.pool, FOREVER, later)).toEqual([]);
  });

  test('while silver has not read it', async () => {
    await store(database.pool, eventsOf('2025-01', 5));
    await run();
    await store(database.pool, eventsOf('2025-01', 5, 5));
    const expired = await dropExpired(database.pool, { ...FOREVER, bronze: 1 }, later);
    expect(expired).toContainEqual({
      table: 'bronze.raw_events',
      month: '2025-01-01',
      whyNot: 'rows of it have not been read by silver or counted by coverage yet',
    });
    expect((await counts('bronze.raw_events')).present).toBe(10);
  });

  test('with its newest row at the watermark, for a day', async () => {
    await store(database.pool, eventsOf('2025-01', 5));
    await run();
    const bronze = async () =>
      (await dropExpired(database.pool, { ...FOREVER, bronze: 1 }, later)).find(
        ({ table, month }) => table === 'bronze.raw_events' && month === '2025-01-01',
      );
    expect(await bronze()).toHaveProperty('whyNot');
    await database.pool.query(
      `update bronze.raw_events set ingested_at = now() - interval '25 hours';
       update ops.pipeline_watermarks set watermark = (select max(ingested_at) from bronze.raw_events)`,
    );
    expect(await bronze()).toMatchObject({ dropped: { rows: 5 } });
  });

  test('while silver lacks a row of it, whatever the watermark says', async () => {
    await store(database.pool, eventsOf('2025-01', 5));
    await run();
    await database.pool.query(`delete from silver.events where event_id = '2025-01-3'`);
    await settle();
    expect(await dropExpired(database.pool, { ...FOREVER, bronze: 1 }, later)).toContainEqual({
      table: 'bronze.raw_events',
      month: '2025-01-01',
      whyNot: 'rows of it are not in silver',
    });
  });

  test('while gold lacks a row of it, or the layer before still has it', async () => {
    await store(database.pool, eventsOf('2025-01', 5));
    await run();
    await settle();
    expect(await dropExpired(database.pool, { ...FOREVER, silver: 1, gold: 1 }, later)).toEqual([
      { table: 'silver.events', month: '2025-01-01', whyNot: 'its events are still in bronze' },
      { table: 'gold.fact_events', month: '2025-01-01', whyNot: 'its events are still in silver' },
    ]);
    await database.pool.query(`delete from gold.fact_events where event_id = '2025-01-3'`);
    const expired = await dropExpired(database.pool, all, later);
    expect(expired.filter(({ table }) => table !== 'bronze.sightings')).toEqual([
      {
        table: 'bronze.raw_events',
        month: '2025-01-01',
        dropped: { rows: 5, bytes: expect.any(Number) },
      },
      { table: 'silver.events', month: '2025-01-01', whyNot: 'rows of it are not in gold' },
      { table: 'gold.fact_events', month: '2025-01-01', whyNot: 'its events are still in silver' },
    ]);
  });

  test('while a writer or a reader is at it', async () => {
    await store(database.pool, eventsOf('2025-01', 5));
    await run();
    await settle();
    const writer = await database.pool.connect();
    try {
      await writer.query('begin');
      await writer.query(
        `insert into bronze.raw_events (event_id, event_type, created_at, source, payload)
         values ('open', 'PushEvent', '2025-01-15', 'file:x', '{}')`,
      );
      expect(await dropExpired(database.pool, { ...FOREVER, bronze: 1 }, later)).toContainEqual({
        table: 'bronze.raw_events',
        month: '2025-01-01',
        whyNot: 'somebody is reading it',
      });
      await writer.query('commit');
    } finally {
      writer.release();
    }
    expect((await counts('bronze.raw_events')).present).toBe(6);
    expect(await run()).toEqual({ silver: 1, gold: 1 });
  });
});

describe('after bronze has dropped a month', () => {
  beforeEach(async () => {
    await store(database.pool, [...eventsOf('2025-01', 6), ...eventsOf('2025-02', 4)]);
    await run();
    await settle();
    await dropExpired(database.pool, { ...FOREVER, bronze: 20 }, '2025-02-25T00:00:00Z');
    expect((await counts('bronze.raw_events')).present).toBe(4);
  });

  test('what comes in again is no second fact, is not counted twice, and is dropped again', async () => {
    const captured = () =>
      database.value('select sum(captured_count)::int from gold.feed_coverage');
    expect(await captured()).toBe(10);
    expect((await store(database.pool, eventsOf('2025-01', 6))).inserted).toBe(6);
    expect(await run()).toEqual({ silver: 0, gold: 0 });
    expect(await captured()).toBe(10);
    await settle();
    await dropExpired(database.pool, { ...FOREVER, bronze: 20 }, '2025-02-25T00:00:00Z');
    const found = await counts('bronze.raw_events');
    expect([found.present, found.dropped]).toEqual([4, 12]);
  });

  test('a reset builds again what can be built, and leaves the rest', async () => {
    for (const reset of [
      'ops.reset_silver(null)',
      `ops.reset_silver('2000-01-01')`,
      'ops.reset_gold(null)',
      'ops.reset_coverage()',
    ]) {
      await database.pool.query(`select ${reset}`);
      await run();
      expect(await database.value('select count(*)::int from silver.events'), reset).toBe(10);
      expect(await database.value('select count(*)::int from gold.fact_events'), reset).toBe(10);
      expect(
        await database.value('select sum(captured_count)::int from gold.feed_coverage'),
        reset,
      ).toBe(10);
    }
  });
});
