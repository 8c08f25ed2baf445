import { beforeEach, describe, expect, test } from 'vitest';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { atTime, pick, runQuery, ZONES } from './run-query.ts';

const database = useTestDatabase();
beforeEach(() => emptyWarehouse(database));

const events = (...ids: number[]) => ids.map((id) => makeEvent({ id: String(id) }));
const transform = () => runTransform(database.connectionString);

describe.each(ZONES)('in a session in %s', (zone) => {
  const query = (name: string, before?: string) =>
    runQuery(database, `health/${name}`, zone, before);

  describe('gold-freshness', () => {
    test('knows nothing of an empty warehouse', async () => {
      expect(await query('gold-freshness')).toEqual(
        ['bronze', 'silver', 'gold', 'event'].map((stage) => ({
          stage,
          newest_at: null,
          age_seconds: null,
        })),
      );
    });

    test('tells how long ago each stage was reached', async () => {
      await store(database.pool, events(1));
      await transform();
      await store(database.pool, events(2));
      const rows = await query(
        'gold-freshness',
        `update bronze.raw_events set ingested_at = now() - case event_id when '1' then interval '80 seconds' else interval '10 seconds' end;
         update silver.events set processed_at = now() - interval '70 seconds';
         update ops.pipeline_watermarks set watermark = now() - interval '70 seconds';`,
      );
      expect(pick(rows, 'stage', 'age_seconds').slice(0, 3)).toEqual([
        { stage: 'bronze', age_seconds: 10 },
        { stage: 'silver', age_seconds: 70 },
        { stage: 'gold', age_seconds: 70 },
      ]);
      expect(rows[3]?.newest_at).toBe('2026-03-01T12:00:00Z');
    });

    test('looks ahead of a watermark that is held back, and no further than gold is', async () => {
      await store(database.pool, events(1, 2));
      await transform();
      const rows = await query(
        'gold-freshness',
        `update silver.events set processed_at = now() - interval '20 seconds' where event_id = '1';
         update silver.events set processed_at = now() - interval '5 seconds' where event_id = '2';
         delete from gold.fact_events where event_id = '2';
         update ops.pipeline_watermarks set watermark = now() - interval '60 seconds';`,
      );
      expect(pick(rows, 'stage', 'age_seconds').slice(1, 3)).toEqual([
        { stage: 'silver', age_seconds: 5 },
        { stage: 'gold', age_seconds: 20 },
      ]);
    });

    test('is not misled by events from the future', async () => {
      await store(
        database.pool,
        [
          '2026-02-28T12:00:00Z',
          '2026-03-01T00:00:00Z',
          '2026-03-01T00:30:00Z',
          '9999-01-01T00:00:00Z',
        ].map((created_at, index) => makeEvent({ id: String(index), created_at })),
      );
      await transform();
      const newestEvent = async (time: string) =>
        (await query('gold-freshness', atTime(time)))[3]?.newest_at;
      expect(await newestEvent('2026-03-01 00:10Z')).toBe('2026-03-01T00:00:00Z');
      expect(await newestEvent('2026-03-09 00:00Z')).toBe('2026-03-01T00:30:00Z');
      expect(await newestEvent('2026-02-28 23:59Z')).toBe('2026-02-28T12:00:00Z');
    });
  });

  describe('bronze-backlog', () => {
    test('counts what waits for each pipeline', async () => {
      await store(database.pool, events(1, 2, 3));
      expect(pick(await query('bronze-backlog'), 'pipeline', 'waiting_count')).toEqual([
        { pipeline: 'silver', waiting_count: 3 },
        { pipeline: 'gold', waiting_count: 0 },
      ]);
      await transform();
      await store(database.pool, [...events(4, 5), makeEvent({ id: '1', created_at: 'never' })]);
      const rows = await query(
        'bronze-backlog',
        `delete from gold.fact_events where event_id = '3'`,
      );
      expect(pick(rows, 'pipeline', 'waiting_count')).toEqual([
        { pipeline: 'silver', waiting_count: 3 },
        { pipeline: 'gold', waiting_count: 1 },
      ]);
    });

    test('is empty when all is done, also with events that gold never takes', async () => {
      await store(database.pool, [makeEvent({ created_at: 'never' }), ...events(2)]);
      await transform();
      expect(pick(await query('bronze-backlog'), 'waiting_count', 'waiting_since')).toEqual([
        { waiting_count: 0, waiting_since: null },
        { waiting_count: 0, waiting_since: null },
      ]);
    });
  });

  test('dead-letters sums open letters by code and shows the newest', async () => {
    const rows = await query(
      'dead-letters',
      `insert into bronze.dead_letter_queue (source, raw, error_code, error_message, attempts, failed_at, last_failed_at, resolved_at)
       values ('api:public', 'a', '22P02', 'first', 1, '2026-03-01 23:30Z', '2026-03-01 23:30Z', null),
              ('file:x', 'b', '22P02', 'second', 3, '2026-03-02 00:30Z', '2026-03-03 00:30Z', null),
              ('api:public', 'c', '23502', 'third', 1, '2026-03-02 00:30Z', '2026-03-02 00:30Z', null),
              ('api:public', 'd', '22P02', 'done', 1, '2026-03-09 00:30Z', '2026-03-09 00:30Z', now())`,
    );
    const columns = Object.keys(rows[0] ?? {}).filter((name) => name !== 'newest_dead_letter_id');
    expect(pick(rows, ...columns)).toEqual([
      {
        error_code: '22P02',
        open_count: 2,
        source_count: 2,
        attempt_count: 4,
        first_failed_at: '2026-03-01T23:30:00Z',
        last_failed_at: '2026-03-03T00:30:00Z',
        newest_error_message: 'second',
      },
      {
        error_code: '23502',
        open_count: 1,
        source_count: 1,
        attempt_count: 1,
        first_failed_at: '2026-03-02T00:30:00Z',
        last_failed_at: '2026-03-02T00:30:00Z',
        newest_error_message: 'third',
      },
    ]);
  });

  test('new-types shows the uncurated of the last seven days, newest first', async () => {
    await store(database.pool, [
      makeEvent({ type: 'SparkleEvent' }),
      makeEvent({ type: 'OldEvent' }),
      makeEvent({ type: 'FreshEvent' }),
    ]);
    await transform();
    const rows = await query(
      'new-types',
      `update gold.dim_event_types set discovered_at = now() - interval '169 hours' where event_type = 'OldEvent';
       update gold.dim_event_types set discovered_at = now() - interval '167 hours' where event_type = 'SparkleEvent'`,
    );
    expect(pick(rows, 'event_type')).toEqual([
      { event_type: 'FreshEvent' },
      { event_type: 'SparkleEvent' },
    ]);
  });

  test('unknown-actors-and-repositories gives the share of each UTC day', async () => {
    await store(database.pool, [
      makeEvent({ id: '1', created_at: '2026-03-06T23:59:59Z', actor: {} }),
      makeEvent({
        id: '2',
        created_at: '2026-03-07T00:00:00Z',
        actor: { id: '99999999999999999999' },
      }),
      makeEvent({ id: '3', created_at: '2026-03-07T01:00:00Z', repo: null }),
      makeEvent({ id: '4', created_at: '2026-03-07T02:00:00Z' }),
    ]);
    await transform();
    expect(await query('unknown-actors-and-repositories')).toEqual([
      {
        date_day: '2026-03-07',
        event_count: 3,
        unknown_actor_count: 1,
        unknown_actor_percent: 33.33,
        unknown_repo_count: 1,
        unknown_repo_percent: 33.33,
      },
      {
        date_day: '2026-03-06',
        event_count: 1,
        unknown_actor_count: 1,
        unknown_actor_percent: 100,
        unknown_repo_count: 0,
        unknown_repo_percent: 0,
      },
    ]);
  });

  test('poll-conservation sums each feed by UTC day', async () => {
    const poll = (feed: string, at: string, ...counts: number[]) =>
      `(gen_random_uuid(), gen_random_uuid(), '${feed}', 1, '${at}', 1, 'events', ${counts.join(', ')})`;
    const rows = await query(
      'poll-conservation',
      `insert into ops.polls (poll_id, walk_id, feed, page, polled_at, duration_ms, outcome, fetched, inserted, duplicates, dead_lettered)
       values ${[
         poll('public', '2026-03-06 23:59:59Z', 100, 90, 9, 1),
         poll('public', '2026-03-07 00:00:00Z', 100, 50, 50, 0),
         poll('public', '2026-03-07 11:00:00Z', 30, 0, 28, 2),
         poll('orgs/x', '2026-03-07 12:00:00Z', 5, 5, 0, 0),
       ].join(', ')}`,
    );
    const day = (polled_on: string, feed: string, ...counts: number[]) => {
      const [request_count, fetched, inserted, duplicates, dead_lettered] = counts;
      return {
        polled_on,
        feed,
        request_count,
        fetched,
        inserted,
        duplicates,
        dead_lettered,
        unaccounted: 0,
      };
    };
    expect(rows).toEqual([
      day('2026-03-07', 'orgs/x', 1, 5, 5, 0, 0),
      day('2026-03-07', 'public', 2, 130, 50, 78, 2),
      day('2026-03-06', 'public', 1, 100, 90, 9, 1),
    ]);
  });

  test('silver-against-bronze tells rows that wait from rows that were skipped', async () => {
    await store(database.pool, [...events(1, 2), makeEvent({ id: '3', created_at: 'never' })]);
    await transform();
    await store(database.pool, events(4));
    const counts = { bronze_count: 4, silver_count: 3, missing_count: 1, waiting_count: 1 };
    expect(await query('silver-against-bronze')).toEqual([
      { ...counts, skipped_count: 0, outlived_count: 0, surplus_count: 0 },
    ]);
    const damaged = await query(
      'silver-against-bronze',
      `update bronze.raw_events set ingested_at = now() - interval '1 day' where event_id in ('1', '3');
       delete from silver.events where event_id in ('1', '3');
       delete from bronze.raw_events where event_id = '2';`,
    );
    expect(damaged).toEqual([
      {
        bronze_count: 3,
        silver_count: 1,
        missing_count: 3,
        waiting_count: 1,
        skipped_count: 2,
        outlived_count: 0,
        surplus_count: 1,
      },
    ]);
  });

  test('facts-against-silver expects every silver row that has a time', async () => {
    await store(database.pool, [...events(1, 2), makeEvent({ id: '3', created_at: 'never' })]);
    await transform();
    const healthy = {
      silver_count: 3,
      without_time_count: 1,
      fact_count: 2,
      missing_count: 0,
      waiting_count: 0,
      skipped_count: 0,
      outlived_count: 0,
      surplus_count: 0,
    };
    expect(await query('facts-against-silver')).toEqual([healthy]);
    const damaged = await query(
      'facts-against-silver',
      `update silver.events set processed_at = now() - interval '1 day' where event_id = '1';
       delete from gold.fact_events where event_id = '1';
       delete from silver.events where event_id = '2';`,
    );
    expect(damaged).toEqual([
      {
        ...healthy,
        silver_count: 2,
        fact_count: 1,
        missing_count: 1,
        skipped_count: 1,
        surplus_count: 1,
      },
    ]);
  });
});
