import { beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { activity, top, types } from '../../apps/api/schemas/activity.ts';
import type { data } from '../../apps/api/schemas/data.ts';
import type { actor, repo } from '../../apps/api/schemas/entities.ts';
import type { Problem } from '../../apps/api/schemas/problem.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { closeApisAfterwards, openApi, type TestApi } from './support.ts';

type Data = z.infer<typeof data>;

const database = useTestDatabase();
closeApisAfterwards();
let api: TestApi;

const ada = { id: 10, login: 'Ada' };
const bot = { id: 11, login: 'renovate[bot]' };
const engine = { id: 20, name: 'Ada/Engine' };
const loom = { id: 21, name: 'jac/loom' };
/** Beyond what a JSON number holds. */
const HUGE = '9007199254740993';

beforeAll(async () => {
  await store(database.pool, [
    makeEvent({ id: '1', actor: ada, repo: engine, created_at: '2026-03-01T10:00:00Z' }),
    makeEvent({ id: '2', actor: ada, repo: engine, created_at: '2026-03-01T10:30:00Z' }),
    makeEvent({
      id: '3',
      type: 'IssuesEvent',
      actor: bot,
      repo: engine,
      created_at: '2026-03-01T12:00:00Z',
      payload: { action: 'opened', issue: { number: 7, title: 'It squeaks' } },
    }),
    makeEvent({
      id: HUGE,
      type: 'WatchEvent',
      actor: { id: 12, login: 'grace' },
      repo: loom,
      created_at: '2026-03-02T00:00:00Z',
      payload: { action: 'started' },
    }),
  ]);
  await store(
    database.pool,
    [
      makeEvent({ id: '5', actor: ada, repo: loom, created_at: '2026-03-01T10:30:00Z' }),
      makeEvent({ id: '6', actor: null, repo: null, created_at: '2026-02-01T00:00:00Z' }),
    ],
    'file:old.ndjson',
  );
  await runTransform(database.connectionString);
  api = await openApi(database.connectionString);
});

const ids = async (query: string): Promise<string[]> => {
  const { status, body } = await api.get<Data>(`/data?${query}`);
  expect(status).toBe(200);
  return body.items.map(({ id }) => id);
};

describe('/data', () => {
  // PostgreSQL makes one plan for all values when a connection has asked five times.
  test('gives each question its own answer, however often the same filters were asked for', async () => {
    for (let minute = 0; minute <= 30; minute++) {
      const since = `since=2026-03-01T10:${String(minute).padStart(2, '0')}:00Z`;
      const later = minute === 0 ? ['5', '2', '1'] : ['5', '2'];
      expect(await ids(`${since}&until=2026-03-01T10:30:01Z`)).toEqual(later);
      const [repo, own] = minute % 2 === 0 ? ['jac/loom', '5'] : ['Ada/Engine', '2'];
      expect(await ids(`repo=${repo}&${since}&until=2026-03-01T11:00:00Z`)).toEqual(
        later.filter((id) => id === own || (id === '1' && repo === 'Ada/Engine')),
      );
      expect(await ids(`${since}&type=${minute % 2 === 0 ? 'Issues' : 'Watch'}Event`)).toEqual(
        minute % 2 === 0 ? ['3'] : [HUGE],
      );
    }
  });

  test('gives the newest first, in one order, with ids as strings and the unknown as null', async () => {
    const { body } = await api.get<Data>('/data');
    expect(body.items.map(({ id }) => id)).toEqual([HUGE, '3', '5', '2', '1', '6']);
    expect(body).toMatchObject({
      page: 1,
      page_size: 50,
      total: 6,
      is_total_exact: true,
      is_search_complete: null,
      has_more: false,
      next_cursor: null,
    });
    expect(body.items[1]).toEqual({
      id: '3',
      type: 'IssuesEvent',
      time: '2026-03-01T12:00:00Z',
      actor_id: '11',
      actor_login: 'renovate[bot]',
      is_bot: true,
      repo_id: '20',
      repo_name: 'Ada/Engine',
      org_login: null,
      action: 'opened',
      ref: null,
      number: '7',
      title: 'It squeaks',
      source: 'api:public',
    });
    expect(body.items[5]).toMatchObject({
      actor_id: null,
      actor_login: null,
      is_bot: null,
      repo_id: null,
      repo_name: null,
    });
  });

  test('filters by type, repository, account, source and span, and by several together', async () => {
    expect(await ids('type=PushEvent')).toEqual(['5', '2', '1', '6']);
    expect(await ids('repo=ada/engine')).toEqual(['3', '2', '1']);
    expect(await ids('actor=ADA')).toEqual(['5', '2', '1']);
    expect(await ids('source=file:old.ndjson')).toEqual(['5', '6']);
    expect(await ids('since=2026-03-01T10:30:00Z&until=2026-03-02')).toEqual(['3', '5', '2']);
    expect(await ids('actor=ada&repo=jac/loom&type=PushEvent&source=file:old.ndjson')).toEqual([
      '5',
    ]);
    expect(await ids('since=2026-03-01T12:30:00%2B02:00&until=2026-03-01T11:00:00Z')).toEqual([
      '5',
      '2',
    ]);
  });

  test('searches names by their beginning, in any case', async () => {
    expect(await ids('search=ada/eng')).toEqual(['3', '2', '1']);
    expect(await ids('search=ENG')).toEqual(['3', '2', '1']);
    // As an account and as an owner.
    expect(await ids('search=ada')).toEqual(['3', '5', '2', '1']);
    expect(await ids('search=renovate')).toEqual(['3']);
    expect(await ids('search=%25da')).toEqual([]);
    const { body } = await api.get<Data>('/data?search=ada');
    expect(body.is_search_complete).toBe(true);
    // With other filters, page by page, and from cursor to cursor.
    expect(await ids('search=ada&type=PushEvent&until=2026-03-01T11:00:00Z')).toEqual([
      '5',
      '2',
      '1',
    ]);
    expect(await ids('search=ada&source=file:old.ndjson')).toEqual(['5']);
    expect(await ids('search=ada&repo=ada/engine')).toEqual(['3', '2', '1']);
    expect(await ids('search=ada&page=2&page_size=3')).toEqual(['1']);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const next: Data = (
        await api.get<Data>(
          `/data?search=ada&page_size=1${cursor === '' ? '' : `&cursor=${cursor}`}`,
        )
      ).body;
      seen.push(...next.items.map(({ id }) => id));
      cursor = next.next_cursor;
    }
    expect(seen).toEqual(['3', '5', '2', '1']);
  });

  test('says so when not all names that begin so were looked at', async () => {
    const many = Array.from({ length: 201 }, (_, index) =>
      makeEvent({
        id: `${1000 + index}`,
        actor: { id: 5000 + index, login: `swarm${index}` },
        created_at: '2025-06-01T00:00:00Z',
      }),
    );
    await store(database.pool, many);
    await runTransform(database.connectionString);
    const { body } = await api.get<Data>('/data?search=swarm&since=2025-06-01');
    expect(body).toMatchObject({ is_search_complete: false, total: 200 });
  });

  test('knows nothing of names it does not know', async () => {
    for (const query of ['repo=no/body', 'actor=nobody', 'search=nobody']) {
      const { body } = await api.get<Data>(`/data?${query}`);
      expect(body).toMatchObject({ items: [], total: 0, is_total_exact: true, has_more: false });
    }
  });

  test('pages and cursors both show every event once', async () => {
    const span = 'since=2026-01-01';
    const paged: string[] = [];
    for (const page of [1, 2, 3]) paged.push(...(await ids(`${span}&page_size=2&page=${page}`)));
    expect(paged).toEqual([HUGE, '3', '5', '2', '1', '6']);

    const followed: string[] = [];
    let cursor: string | null = null;
    do {
      const { body }: { body: Data } = await api.get<Data>(
        `/data?${span}&page_size=1${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      followed.push(...body.items.map(({ id }) => id));
      expect(body.page).toBe(cursor === null ? 1 : null);
      expect(body.has_more).toBe(body.next_cursor !== null);
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(followed).toEqual(paged);
  });

  test.each([
    ['page=0', 'page'],
    ['page=1.5', 'page'],
    ['page_size=101', 'page_size'],
    ['page=200&page_size=100', 'page'],
    ['cursor=bm90IG91cnM', 'cursor'],
    ['cursor=WyIyMDI2LTAxLTAxIiwiMSIsIjIiXQ', 'cursor'],
    ['search=ab', 'search'],
    ['since=yesterday', 'since'],
    ['since=2026-02-30', 'since'],
    ['since=2026-03-02&until=2026-03-01', 'since'],
    ['since=2026-01-31T07:00:00', 'since'],
    ['repo=a%00b', 'repo'],
    ['bots=maybe', ''],
    ['typ=PushEvent', ''],
  ])('refuses %s, and says which parameter', async (query, parameter) => {
    const { status, body, headers } = await api.get<Problem>(`/data?${query}`);
    expect(status).toBe(400);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body).toMatchObject({ type: 'about:blank', title: 'Bad Request', status: 400 });
    expect(body.errors?.map((error) => error.parameter)).toContain(parameter);
  });

  test('tells an estimate from a count', async () => {
    const counted = await openApi(database.connectionString);
    await database.rows(
      `insert into gold.dim_date select 20240101, '2024-01-01', 2024, 1, 1, 'January', 1, 1, 'Monday', 1, false
       on conflict do nothing`,
    );
    await database.rows(
      `insert into gold.fact_events
       select n::text, 20240101, -1, -1, 'PushEvent', timestamptz '2024-01-01T00:00:00Z' + n * interval '1 second', 0, now()
       from generate_series(1, 10001) as n`,
    );
    await database.rows('analyze gold.fact_events');
    const span = 'since=2024-01-01&until=2024-01-02';
    const { body } = await counted.get<Data>(`/data?${span}&page_size=1`);
    expect(body).toMatchObject({ is_total_exact: false, has_more: true });
    expect(body.total).toBeGreaterThanOrEqual(10_001);
    const { body: fewer } = await counted.get<Data>(
      '/data?page_size=1&since=2024-01-01T00:00:02Z&until=2024-01-02',
    );
    expect(fewer).toMatchObject({ is_total_exact: true, total: 10_000 });

    // By the marts, where they have counted so many: of the hour that the span cuts, as much as it takes of it.
    await database.rows(
      `insert into gold.mart_event_counts
       select '2024-01-01T00:00:00Z'::timestamptz + n * interval '1 hour', type, 6000, 0
       from generate_series(0, 2) as n, unnest('{PushEvent,ForkEvent}'::text[]) as type`,
    );
    const total = async (query: string) => {
      const { body } = await counted.get<Data>(`/data?page_size=1&${query}`);
      return [body.total, body.is_total_exact];
    };
    expect(await total('since=2024-01-01&until=2024-01-01T02:15:00Z')).toEqual([27_000, false]);
    expect(
      await total('since=2024-01-01T00:30:00Z&until=2024-01-01T03:00:00Z&type=ForkEvent'),
    ).toEqual([15_000, false]);
    // Of a month that was dropped they say what there was, not what there is.
    await database.rows(
      `insert into ops.dropped_partitions (table_name, month, row_count, size_bytes, retention_days)
       values ('gold.fact_events', '2024-01-01', 0, 0, 1)`,
    );
    expect(
      await total('since=2024-01-01T00:00:00Z&until=2024-01-01T02:00:00Z&type=ForkEvent'),
    ).toEqual([0, true]);
    await database.rows(`delete from ops.dropped_partitions`);
    await database.rows(`delete from gold.mart_event_counts where hour < '2024-02-01'`);
    await database.rows(`delete from gold.fact_events where event_time < '2024-02-01'`);
  });
});

describe('/activity', () => {
  type Activity = z.infer<typeof activity>;
  const read = async (query: string) => (await api.get<Activity>(`/activity?${query}`)).body;

  test('counts each bucket of the span by type, the empty ones too', async () => {
    const body = await read('since=2026-03-01T10:10:00Z&until=2026-03-01T12:00:01Z');
    expect(body).toMatchObject({
      bucket: 'hour',
      since: '2026-03-01T10:00:00.000Z',
      until: '2026-03-01T13:00:00.000Z',
      types: ['PushEvent', 'IssuesEvent'],
    });
    expect(body.series).toEqual(
      [
        ['2026-03-01T10:00:00Z', 3, { PushEvent: 3 }],
        ['2026-03-01T11:00:00Z', 0, {}],
        ['2026-03-01T12:00:00Z', 1, { IssuesEvent: 1 }],
      ].map(([time, total, types]) => ({
        time,
        total,
        types,
        capture_rate: null,
        capture_low: null,
        capture_high: null,
      })),
    );
  });

  test('counts days, with bots, without and only them', async () => {
    const span = 'bucket=day&since=2026-03-01&until=2026-03-03';
    const totals = async (bots: string) =>
      (await read(`${span}&bots=${bots}`)).series.map(({ total }) => total);
    expect(await totals('include')).toEqual([4, 1]);
    expect(await totals('exclude')).toEqual([3, 1]);
    expect(await totals('only')).toEqual([1, 0]);
  });

  test('gives the capture rate of hours and days', async () => {
    await database.rows(
      `insert into gold.feed_coverage
         (hour, event_type, captured_count, own_count, archive_count, counts_by_source, counts_by_history,
          list_one, list_two, list_one_count, list_two_count, overlap_count,
          estimated_total, estimated_low, estimated_high, capture_rate, capture_rate_low, capture_rate_high, method)
       values ('2026-04-01T05:00:00Z', 'PushEvent', 900, 800, 800, '{}', '{}', 'public-feed', 'gharchive', 800, 800, 700,
          1000, 950, 1100, 0.9, 0.81, 0.95, 'capture-recapture')`,
    );
    const span = 'since=2026-04-01T05:00:00Z&until=2026-04-01T07:00:00Z';
    const hours = (await read(span)).series;
    expect(hours[0]).toMatchObject({ capture_rate: 0.9 });
    expect(hours[0]?.capture_low).toBeLessThan(0.9);
    expect(hours[0]?.capture_high).toBeGreaterThan(0.9);
    expect(hours[1]?.capture_rate).toBeNull();
    const days = (await read('bucket=day&since=2026-04-01&until=2026-04-02')).series;
    expect(days).toMatchObject([{ time: '2026-04-01T00:00:00Z', capture_rate: 0.9 }]);
  });

  test('without a span shows the last day by the hour, or 30 days', async () => {
    expect((await read('')).series).toHaveLength(24);
    expect((await read('bucket=day')).series).toHaveLength(30);
  });

  test('refuses more buckets than a picture can show', async () => {
    const { status, body } = await api.get<Problem>('/activity?since=2010-01-01');
    expect(status).toBe(400);
    expect(body.errors?.[0]?.detail).toContain('bucket=day');
  });
});

describe('/top and /types', () => {
  const span = 'since=2026-03-01&until=2026-03-03';

  test('name repositories and accounts with the most events', async () => {
    const read = async (query: string) =>
      (await api.get<z.infer<typeof top>>(`/top?${span}&${query}`)).body.items;
    expect(await read('kind=repos')).toEqual([
      { id: '20', name: 'Ada/Engine', events: 3, is_bot: null },
      { id: '21', name: 'jac/loom', events: 2, is_bot: null },
    ]);
    expect(await read('kind=repos&bots=only')).toEqual([
      { id: '20', name: 'Ada/Engine', events: 1, is_bot: null },
    ]);
    expect(await read('kind=actors&limit=1')).toEqual([
      { id: '10', name: 'Ada', events: 3, is_bot: false },
    ]);
    expect((await read('kind=actors&bots=exclude')).map(({ name }) => name)).toEqual([
      'Ada',
      'grace',
    ]);
  });

  test('give the share of each type', async () => {
    const { body } = await api.get<z.infer<typeof types>>(`/types?${span}`);
    expect(body.items).toEqual([
      { event_type: 'PushEvent', category: 'code', events: 3, share: 0.6 },
      { event_type: 'IssuesEvent', category: 'collaboration', events: 1, share: 0.2 },
      { event_type: 'WatchEvent', category: 'community', events: 1, share: 0.2 },
    ]);
  });
});

describe('/repos and /actors', () => {
  const span = 'since=2026-03-01&until=2026-03-03';

  test('tell of a repository by its name in any case', async () => {
    const { body } = await api.get<z.infer<typeof repo>>(`/repos/ADA/engine?${span}`);
    expect(body).toEqual({
      id: '20',
      name: 'Ada/Engine',
      owner: 'Ada',
      project: 'Engine',
      org_login: null,
      last_event_at: '2026-03-01T12:00:00Z',
      other_ids: [],
      since: '2026-03-01T00:00:00.000Z',
      until: '2026-03-03T00:00:00.000Z',
      events: 3,
      actors: 2,
      by_type: [
        { event_type: 'PushEvent', events: 2 },
        { event_type: 'IssuesEvent', events: 1 },
      ],
      days: [{ day: '2026-03-01', events: 3, actors: 2 }],
      top_actors: [
        { id: '10', login: 'Ada', is_bot: false, events: 2 },
        { id: '11', login: 'renovate[bot]', is_bot: true, events: 1 },
      ],
    });
  });

  test('tell of an account, brackets and all', async () => {
    const { body } = await api.get<z.infer<typeof actor>>(`/actors/ada?${span}`);
    expect(body).toMatchObject({
      id: '10',
      login: 'Ada',
      events: 3,
      repos: 2,
      days: [{ day: '2026-03-01', events: 3, repos: 2 }],
      top_repos: [
        { id: '20', name: 'Ada/Engine', events: 2 },
        { id: '21', name: 'jac/loom', events: 1 },
      ],
    });
    const { body: ofBot } = await api.get<z.infer<typeof actor>>(`/actors/renovate%5Bbot%5D`);
    expect(ofBot).toMatchObject({ id: '11', is_bot: true, events: 0, days: [] });
  });

  test('of two of one name tell of the one seen last', async () => {
    await store(database.pool, [
      makeEvent({
        id: '7',
        repo: { id: 22, name: 'jac/loom' },
        created_at: '2026-03-05T00:00:00Z',
      }),
    ]);
    await runTransform(database.connectionString);
    const { body } = await api.get<z.infer<typeof repo>>('/repos/jac/loom');
    expect(body).toMatchObject({ id: '22', other_ids: ['21'] });
  });

  test('know nobody by the names of the sentinels, and say 404', async () => {
    for (const path of ['/repos/no/body', '/actors/nobody', '/actors/unknownuser']) {
      const { status, body, headers } = await api.get<Problem>(path);
      expect(status).toBe(404);
      expect(headers['content-type']).toBe('application/problem+json');
      expect(body).toMatchObject({ status: 404, title: 'Not Found' });
    }
  });
});
