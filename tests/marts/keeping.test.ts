// What becomes of the marts when facts are dropped, taken back, or older than they are.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Queryable } from '../../apps/shared/database.ts';
import { countPendingMarts } from '../../apps/transformer/count-marts.ts';
import { dropExpired } from '../../apps/transformer/drop-expired.ts';
import { resetWatermark } from '../../apps/transformer/watermarks.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { dropPastMonths, emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { readMarts, rebuildMarts } from './support.ts';

const database = useTestDatabase();
const { pool, rows, value } = database;
const run = () => runTransform(database.connectionString);
beforeEach(async () => {
  await emptyWarehouse(database);
  await dropPastMonths(database);
});

/** A push, a star and an opened pull request in a month, by two accounts. */
const month = (name: string, id = name) => [
  makeEvent({ id: `${id}-1`, created_at: `${name}-05T01:00:00Z` }),
  makeEvent({
    id: `${id}-2`,
    type: 'WatchEvent',
    actor: { id: 11, login: 'bob' },
    payload: { action: 'started' },
    created_at: `${name}-05T02:00:00Z`,
  }),
  makeEvent({
    id: `${id}-3`,
    type: 'PullRequestEvent',
    payload: { action: 'opened', number: 8, pull_request: { number: 8 } },
    created_at: `${name}-06T03:00:00Z`,
  }),
];
const settle = () => pool.query(`update ops.pipeline_watermarks set watermark = now()`);

async function drop(layers: { bronze?: number; silver?: number; gold?: number }, asOf: string) {
  await settle();
  const days = { bronze: undefined, silver: undefined, gold: undefined, ...layers };
  return await dropExpired(pool, days, asOf);
}

describe('a month whose facts are gone', () => {
  beforeEach(async () => {
    await store(pool, [...month('2025-01'), ...month('2025-02')]);
    await run();
  });
  const facts = () => value('select count(*)::int from gold.fact_events');

  test('stays in the marts, through a reset, a rebuild, and when its events come again', async () => {
    const before = await readMarts(database);
    await drop({ bronze: 1, silver: 1, gold: 1 }, '2025-02-10T00:00:00Z');
    expect(await facts()).toBe(3);
    expect(await readMarts(database)).toEqual(before);
    expect(await rebuildMarts(database)).toEqual(before);

    // As new to gold as any others; the marts cannot tell them from those that they have counted.
    await store(pool, month('2025-01'));
    expect(await run()).toEqual({ silver: 3, gold: 3 });
    expect(await readMarts(database)).toEqual(before);
    expect(
      await value(
        `select event_count::int from gold.v_monthly_activity where month = '2025-01-01'`,
      ),
    ).toBe(3);

    for (const reset of ['gold', 'silver', 'marts'] as const) {
      await resetWatermark(pool, reset, undefined);
      await run();
      expect(await readMarts(database), reset).toEqual(before);
    }
  });

  test('that silver alone has dropped keeps what only silver knew', async () => {
    const before = await readMarts(database);
    await drop({ bronze: 1, silver: 1 }, '2025-02-10T00:00:00Z');
    expect(await rebuildMarts(database)).toEqual(before);
    // What is new to it is added.
    await store(pool, month('2025-01', 'late'));
    await run();
    expect(
      await rows(
        `select event_count::int, pull_request_opened_count::int from gold.v_daily_activity where date_day = '2025-01-06'`,
      ),
    ).toEqual([{ event_count: 2, pull_request_opened_count: 2 }]);
  });
});

describe('a reset', () => {
  test('takes the marts back with the facts, to any time', async () => {
    await store(pool, month('2025-01'));
    await run();
    const first = await readMarts(database);
    await pool.query(
      `update silver.events set processed_at = now() - interval '2 days', ingested_at = now() - interval '2 days';
       update gold.fact_events set silver_processed_at = now() - interval '2 days'`,
    );
    await store(pool, [
      ...month('2025-01', 'more'),
      ...month('2025-02'),
      makeEvent({
        id: 'merged',
        type: 'PullRequestEvent',
        payload: { action: 'merged', number: 8, pull_request: { number: 8 } },
        created_at: '2025-02-07T00:00:00Z',
      }),
    ]);
    await run();
    const all = await readMarts(database);
    const yesterday = new Date(Date.now() - 86_400_000).toISOString();
    for (const name of ['gold', 'silver']) {
      await resetWatermark(pool, name, yesterday);
      expect(await readMarts(database), name).toEqual(first);
      await run();
      expect(await readMarts(database), name).toEqual(all);
      await resetWatermark(pool, name, undefined);
      expect(await readMarts(database), name).toEqual([]);
      await run();
      expect(await readMarts(database), name).toEqual(all);
    }
  });
});

describe('a warehouse that had no marts', () => {
  /** As migration 060 leaves it. */
  const forget = () =>
    pool.query(`truncate gold.mart_event_counts, gold.mart_activity, gold.mart_subjects;
      insert into ops.pending_marts select distinct date_trunc('month', event_time at time zone 'UTC')::date from gold.fact_events`);
  let before: string[];
  beforeEach(async () => {
    await store(pool, [...month('2025-01'), ...month('2025-02'), ...month('2025-03')]);
    await run();
    before = await readMarts(database);
    await forget();
  });

  test('has them counted by the transformer, with what is new', async () => {
    await store(pool, month('2025-02', 'new'));
    expect(await run()).toEqual({ silver: 3, gold: 3 });
    const counted = await readMarts(database);
    expect(counted).not.toEqual(before);
    expect(await value('select count(*)::int from ops.pending_marts')).toBe(0);
    expect(await rebuildMarts(database)).toEqual(counted);
  });

  test('cut short between two months, goes on where it was', async () => {
    let calls = 0;
    const stopping = {
      query: (sql: string, values?: unknown[]) => {
        if (sql.includes('rebuild_marts') && calls++ === 1) throw new Error('killed');
        return pool.query(sql, values);
      },
    } as unknown as Queryable;
    await expect(countPendingMarts(stopping)).rejects.toThrow('killed');
    expect(await value('select count(*)::int from ops.pending_marts')).toBe(2);
    // No month goes before it has been counted.
    const [stays] = (await drop({ bronze: 1, silver: 1 }, '2025-02-10T00:00:00Z')).filter(
      ({ table }) => table === 'silver.events',
    );
    expect(stays).toMatchObject({ whyNot: 'the marts have not counted it yet' });
    expect((await countPendingMarts(pool)).map((counted) => counted.month)).toEqual([
      '2025-02-01',
      '2025-01-01',
    ]);
    expect(await readMarts(database)).toEqual(before);
  });

  test('does not know what silver took with it, and says so', async () => {
    await pool.query('delete from ops.pending_marts');
    await drop({ bronze: 1, silver: 1 }, '2025-02-10T00:00:00Z');
    await forget();
    await countPendingMarts(pool);
    expect(
      await rows(
        `select date_day::text, event_count::int, push_count::int, pull_request_opened_count::int from gold.v_daily_activity where date_day < '2025-02-07' order by 1`,
      ),
    ).toEqual([
      { date_day: '2025-01-05', event_count: 2, push_count: 1, pull_request_opened_count: 0 },
      { date_day: '2025-01-06', event_count: 1, push_count: 0, pull_request_opened_count: null },
      { date_day: '2025-02-05', event_count: 2, push_count: 1, pull_request_opened_count: 0 },
      { date_day: '2025-02-06', event_count: 1, push_count: 0, pull_request_opened_count: 1 },
    ]);
  });
});
