import { beforeAll, describe, expect, test } from 'vitest';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { atTime, pick, runQuery, ZONES } from './run-query.ts';

const database = useTestDatabase();

const ada = { id: 10, login: 'ada' };
const bob = { id: 11, login: 'bob' };
const bot = { id: 12, login: 'helper[bot]' };
const engine = { id: 20, name: 'ada/engine' };
const loom = { id: 21, name: 'bob/loom' };
const attic = { id: 22, name: 'ada/attic' };

/** A Friday, a Saturday and a Monday in March, and the last second of a Saturday in February. */
const EVENTS = [
  { type: 'PushEvent', created_at: '2026-03-06T23:59:59Z', actor: ada, repo: engine },
  { type: 'WatchEvent', created_at: '2026-03-07T00:00:00Z', actor: bob, repo: engine },
  { type: 'PushEvent', created_at: '2026-03-07T00:30:00Z', actor: bot, repo: loom },
  { type: 'PushEvent', created_at: '2026-03-07T12:00:00Z', actor: {}, repo: engine },
  { type: 'SparkleEvent', created_at: '2026-03-09T12:10:00Z', actor: ada, repo: {} },
  { type: 'PushEvent', created_at: '2026-03-09T23:00:00Z', actor: ada, repo: loom },
  { type: 'PushEvent', created_at: '2026-02-28T23:59:59Z', actor: ada, repo: attic },
  { type: 'PushEvent', created_at: 'some day', actor: ada, repo: attic },
].map((fields, index) => makeEvent({ ...fields, id: String(index + 1) }));

const MARCH = `set local assay.month = '2026-03'`;

beforeAll(async () => {
  await emptyWarehouse(database);
  await store(database.pool, EVENTS);
  await runTransform(database.connectionString);
});

describe.each(ZONES)('in a session in %s', (zone) => {
  const query = (name: string, before?: string) =>
    runQuery(database, `analytics/${name}`, zone, before);

  test('daily-volume counts UTC days, and neither the unknown account nor the unknown repository', async () => {
    expect(await query('daily-volume')).toEqual([
      { date_day: '2026-03-09', event_count: 2, user_count: 1, repo_count: 1 },
      { date_day: '2026-03-07', event_count: 3, user_count: 2, repo_count: 2 },
      { date_day: '2026-03-06', event_count: 1, user_count: 1, repo_count: 1 },
      { date_day: '2026-02-28', event_count: 1, user_count: 1, repo_count: 1 },
    ]);
  });

  test('top-repositories ranks those of the month that is set', async () => {
    expect(await query('top-repositories', MARCH)).toEqual([
      { repo_id: 20, repo_name: 'ada/engine', event_count: 3, user_count: 2, star_count: 1 },
      { repo_id: 21, repo_name: 'bob/loom', event_count: 2, user_count: 2, star_count: 0 },
    ]);
    expect(
      pick(await query('top-repositories', `set local assay.month = '2026-02'`), 'repo_id'),
    ).toEqual([{ repo_id: 22 }]);
  });

  test.each(['top-repositories', 'top-actors'])(
    '%s takes the current UTC month when none is set, not that of the newest event',
    async (name) => {
      const counts = async (time: string, unset = '') =>
        (await query(name, atTime(time) + unset)).map((row) => row.event_count);
      const march = await counts('2026-03-31 23:30Z');
      expect(march).toEqual(name === 'top-actors' ? [3, 1] : [3, 2]);
      expect(await counts('2026-03-01 00:30Z', `set local assay.month = '';`)).toEqual(march);
      expect(await counts('2026-02-28 23:30Z')).toEqual([1]);
      expect(await counts('2026-04-01 03:00Z')).toEqual([]);
    },
  );

  test('top-actors leaves out bots and the unknown account', async () => {
    expect(await query('top-actors', MARCH)).toEqual([
      { actor_id: 10, actor_login: 'ada', event_count: 3, repo_count: 2, active_day_count: 2 },
      { actor_id: 11, actor_login: 'bob', event_count: 1, repo_count: 1, active_day_count: 1 },
    ]);
  });

  test('hourly-pattern compares UTC hours of weekdays and weekends', async () => {
    const rows = await query('hourly-pattern');
    expect(rows.map((row) => row.event_hour)).toEqual([...Array(24).keys()]);
    expect(
      rows.filter((row) => row.weekday_event_count !== 0 || row.weekend_event_count !== 0),
    ).toEqual([
      {
        event_hour: 0,
        weekday_event_count: 0,
        weekend_event_count: 2,
        events_per_weekday: 0,
        events_per_weekend_day: 1,
      },
      {
        event_hour: 12,
        weekday_event_count: 1,
        weekend_event_count: 1,
        events_per_weekday: 0.5,
        events_per_weekend_day: 0.5,
      },
      {
        event_hour: 23,
        weekday_event_count: 2,
        weekend_event_count: 1,
        events_per_weekday: 1,
        events_per_weekend_day: 0.5,
      },
    ]);
  });

  test('hourly-pattern has no average of days that nobody saw', async () => {
    const rows = await query('hourly-pattern', 'delete from gold.fact_events');
    expect(rows).toHaveLength(24);
    expect(rows[5]).toEqual({
      event_hour: 5,
      weekday_event_count: 0,
      weekend_event_count: 0,
      events_per_weekday: null,
      events_per_weekend_day: null,
    });
  });

  test('bot-share leaves unknown accounts out of the percentage', async () => {
    const people = { event_count: 1, bot_event_count: 0, unknown_event_count: 0, bot_percent: 0 };
    expect(await query('bot-share')).toEqual([
      { ...people, date_day: '2026-03-09', event_count: 2 },
      {
        date_day: '2026-03-07',
        event_count: 3,
        bot_event_count: 1,
        unknown_event_count: 1,
        bot_percent: 50,
      },
      { ...people, date_day: '2026-03-06' },
      { ...people, date_day: '2026-02-28' },
    ]);
  });

  test('event-mix shares out the events by type', async () => {
    expect(await query('event-mix')).toEqual([
      {
        event_type: 'PushEvent',
        event_category: 'code',
        is_core_metric: true,
        event_count: 5,
        event_percent: 71.4,
        user_count: 2,
        repo_count: 3,
      },
      {
        event_type: 'SparkleEvent',
        event_category: null,
        is_core_metric: false,
        event_count: 1,
        event_percent: 14.3,
        user_count: 1,
        repo_count: 0,
      },
      {
        event_type: 'WatchEvent',
        event_category: 'community',
        is_core_metric: true,
        event_count: 1,
        event_percent: 14.3,
        user_count: 1,
        repo_count: 1,
      },
    ]);
  });

  test('uncurated-types lists what nobody has classified, also without events', async () => {
    const rows = await query(
      'uncurated-types',
      `insert into gold.dim_event_types (event_type) values ('QuietEvent')`,
    );
    expect(pick(rows, 'event_type', 'event_count', 'first_event_time', 'last_event_time')).toEqual([
      {
        event_type: 'SparkleEvent',
        event_count: 1,
        first_event_time: '2026-03-09T12:10:00Z',
        last_event_time: '2026-03-09T12:10:00Z',
      },
      {
        event_type: 'QuietEvent',
        event_count: 0,
        first_event_time: null,
        last_event_time: null,
      },
    ]);
  });
});
