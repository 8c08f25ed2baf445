// Whatever order events come in, and however often, the marts are those of counting everything at once; and these are what a
// plain query over silver says, which shares no line with them.
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { readMarts, rebuildMarts } from './support.ts';

const database = useTestDatabase();
const { pool, rows, value } = database;
const run = () => runTransform(database.connectionString);
beforeEach(() => emptyWarehouse(database));

const KINDS = [
  { type: 'PushEvent', payload: {} },
  { type: 'WatchEvent', payload: { action: 'started' } },
  { type: 'ForkEvent', payload: {} },
  { type: 'ReleaseEvent', payload: { action: 'published' } },
  { type: 'CreateEvent', payload: {} },
  ...['opened', 'closed', 'reopened', undefined].map((action) => ({
    type: 'IssuesEvent',
    payload: { action, issue: { number: 7, created_at: '2025-09-01T00:00:00Z' } },
  })),
  ...['opened', 'merged', 'closed', undefined].map((action) => ({
    type: 'PullRequestEvent',
    payload: { action, number: 8, pull_request: { id: 1, number: 8 } },
  })),
  ...[true, false].map((merged) => ({
    type: 'PullRequestEvent',
    payload: { action: 'closed', number: 9, pull_request: { number: 9, merged } },
  })),
  {
    type: 'PullRequestReviewEvent',
    payload: { action: 'created', review: { state: 'approved' }, pull_request: { number: 8 } },
  },
];
const ACTORS = [
  { id: 1, login: 'ada' },
  { id: 2, login: 'bob' },
  { id: 3, login: 'ci[bot]' },
  { login: 'nameless-id' },
  undefined,
];
const REPOS = [{ id: 20, name: 'ada/engine' }, { id: 21, name: 'bob/tool' }, { name: 'no/id' }];
const TIMES = [
  '2025-09-30T23:59:59Z',
  '2025-10-01T00:00:00Z',
  '2025-10-31T23:30:00Z',
  '2025-11-01T01:00:00Z',
  '2025-11-01T02:00:00Z',
];

const anyEvent = fc
  .tuple(
    fc.nat(40),
    fc.constantFrom(...KINDS),
    fc.constantFrom(...ACTORS),
    fc.constantFrom(...REPOS),
    fc.constantFrom(...TIMES),
  )
  .map(([id, { type, payload }, actor, repo, created_at]) =>
    makeEvent({ id: `${id}`, type, payload, actor, repo, created_at }),
  );

/** What silver says, by a query of its own. */
const ORACLE = `
  with events as (
    select *, (event_time at time zone 'UTC')::date as day, date_trunc('month', event_time at time zone 'UTC')::date as month,
      event_type not in ('WatchEvent', 'ForkEvent', 'CreateEvent') as contributes
    from silver.v_events
  ),
  firsts as (
    select repo_id, actor_id, min(month) as first_month from events where contributes group by repo_id, actor_id
  )
  select 'day' as what, day::text as at, null::bigint as id, count(*)::int as a,
    count(distinct actor_id) filter (where actor_id > 0 and is_bot is not true)::int as b, count(distinct repo_id) filter (where repo_id > 0)::int as c
  from events group by day
  union all
  select 'repo', day::text, repo_id, count(*)::int, count(distinct actor_id) filter (where actor_id > 0 and is_bot is not true)::int,
    count(*) filter (where event_type = 'PushEvent')::int
  from events where repo_id > 0 group by day, repo_id
  union all
  select 'actor', day::text, actor_id, count(*)::int, count(distinct repo_id) filter (where repo_id > 0)::int,
    count(*) filter (where event_type = 'WatchEvent')::int
  from events where actor_id > 0 group by day, actor_id
  union all
  select 'month', month::text, null, count(*)::int, count(distinct actor_id) filter (where actor_id > 0 and is_bot is not true)::int,
    count(distinct actor_id) filter (where actor_id > 0 and is_bot)::int
  from events group by month
  union all
  select 'active', month::text, repo_id, count(distinct actor_id)::int, count(distinct actor_id) filter (where contributes)::int,
    count(*) filter (where contributes)::int
  from events where repo_id > 0 and actor_id > 0 and is_bot is not true group by month, repo_id
  union all
  select 'contributors', month::text, repo_id, count(distinct actor_id)::int,
    count(distinct actor_id) filter (where first_month = month)::int, count(distinct actor_id) filter (where first_month < month)::int
  from events join firsts using (repo_id, actor_id)
  where contributes and repo_id > 0 and actor_id > 0 and is_bot is not true group by month, repo_id
  union all
  select 'hours', hour::text, null, count(*)::int, count(*) filter (where is_bot)::int, count(distinct event_type)::int
  from (select *, date_trunc('hour', event_time at time zone 'UTC') as hour from events) as hours group by hour
  order by 1, 2, 3`;

const FROM_MARTS = `
  select 'day' as what, date_day::text as at, null::bigint as id, event_count::int as a, actor_count::int as b, repo_count::int as c
  from gold.v_daily_activity
  union all
  select 'repo', date_day::text, repo_id, event_count::int, actor_count::int, push_count::int from gold.v_repo_activity
  union all
  select 'actor', date_day::text, actor_id, event_count::int, repo_count::int, star_count::int from gold.v_actor_activity
  union all
  select 'month', month::text, null, event_count::int, actor_count::int, bot_count::int from gold.v_monthly_activity
  union all
  select 'active', month::text, repo_id, actor_count::int, contributor_count::int, contribution_count::int from gold.v_contributors
  union all
  select 'contributors', month::text, repo_id, contributor_count::int, first_time_count::int, returning_count::int from gold.v_contributors
  where contributor_count > 0
  union all
  select 'hours', (hour at time zone 'UTC')::text, null, sum(event_count)::int, sum(bot_event_count)::int, count(*)::int
  from gold.v_hourly_event_counts group by hour
  order by 1, 2, 3`;

test('shuffled, doubled and late, they equal a rebuild and what silver says', {
  timeout: 900_000,
}, async () => {
  const anyBatches = fc.array(fc.array(anyEvent, { maxLength: 25 }), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(anyBatches, async (batches) => {
      await emptyWarehouse(database);
      for (const batch of [...batches, batches[0] ?? []]) {
        await store(pool, batch);
        await run();
      }
      await run();
      const kept = await readMarts(database);
      expect(await rows(FROM_MARTS)).toEqual(await rows(ORACLE));
      expect(await rebuildMarts(database)).toEqual(kept);
    }),
    { numRuns: 12 },
  );
});

const pull = (id: string, created_at: string, action?: string, pull_request: object = {}) =>
  makeEvent({
    id,
    type: 'PullRequestEvent',
    created_at,
    payload: { action, number: 8, pull_request: { id: 1, number: 8, ...pull_request } },
  });
const issue = (id: string, created_at: string, action: string, fields: object = {}) =>
  makeEvent({
    id,
    type: 'IssuesEvent',
    created_at,
    payload: { action, issue: { number: 7, ...fields } },
  });

describe('a pull request', () => {
  const lifecycle = () =>
    rows(`select number::int, to_char(opened_at at time zone 'UTC', 'MM-DD HH24:MI') as opened, to_char(first_reviewed_at at time zone 'UTC', 'MM-DD HH24:MI') as reviewed,
      to_char(merged_at at time zone 'UTC', 'MM-DD HH24:MI') as merged, to_char(closed_at at time zone 'UTC', 'MM-DD HH24:MI') as closed, time_to_merge::text
      from gold.v_pull_request_lifecycle`);
  const counts = () =>
    rows(
      'select pull_request_opened_count::int as opened, pull_request_merged_count::int as merged, pull_request_closed_count::int as closed from gold.v_repo_activity order by date_day',
    );

  test('is opened, reviewed and merged, in whatever order this comes to be known', async () => {
    const life = [
      pull('1', '2026-03-01T12:00:00Z', 'opened'),
      makeEvent({
        id: '2',
        type: 'PullRequestReviewEvent',
        created_at: '2026-03-01T13:00:00Z',
        payload: { action: 'created', pull_request: { number: 8 } },
      }),
      pull('3', '2026-03-02T12:00:00Z', 'merged'),
    ];
    for (const event of life.reverse()) {
      await store(pool, [event]);
      await run();
    }
    expect(await lifecycle()).toEqual([
      {
        number: 8,
        opened: '03-01 12:00',
        reviewed: '03-01 13:00',
        merged: '03-02 12:00',
        closed: '03-02 12:00',
        time_to_merge: '1 day',
      },
    ]);
    expect(await counts()).toEqual([
      { opened: 1, merged: 0, closed: 0 },
      { opened: 0, merged: 1, closed: 0 },
    ]);
  });

  test('that GitHub told nothing of but its end has no beginning, and nothing is made up', async () => {
    await store(pool, [pull('3', '2026-03-02T12:00:00Z', 'closed')]);
    await run();
    expect(await lifecycle()).toEqual([
      {
        number: 8,
        opened: null,
        reviewed: null,
        merged: null,
        closed: '03-02 12:00',
        time_to_merge: null,
      },
    ]);
    // Since payloads are trimmed, a merge would have said so.
    expect(await counts()).toEqual([{ opened: 0, merged: 0, closed: 1 }]);
  });

  test('whose events tell not what they did leaves the day’s counts unknown, not 0', async () => {
    await store(pool, [
      pull('1', '2026-03-01T12:00:00Z'),
      pull('2', '2026-03-01T13:00:00Z', 'opened'),
    ]);
    // Before October 2025 a close said whether it merged.
    await store(pool, [pull('3', '2025-03-01T12:00:00Z', 'closed')]);
    await run();
    const unknown = { opened: null, merged: null, closed: null };
    expect(await counts()).toEqual([unknown, unknown]);
    expect(
      await rows('select push_count::int, issue_opened_count::int from gold.v_daily_activity'),
    ).toEqual([
      { push_count: 0, issue_opened_count: 0 },
      { push_count: 0, issue_opened_count: 0 },
    ]);
  });

  test('of before the trimming says itself when it was opened and merged', async () => {
    await store(pool, [
      pull('3', '2025-03-02T12:00:01Z', 'closed', {
        created_at: '2025-02-01T00:00:00Z',
        merged_at: '2025-03-02T12:00:00Z',
        closed_at: '2025-03-02T12:00:00Z',
        merged: true,
      }),
    ]);
    await run();
    expect(await lifecycle()).toMatchObject([{ opened: '02-01 00:00', merged: '03-02 12:00' }]);
    expect(await counts()).toEqual([{ opened: 0, merged: 1, closed: 0 }]);
  });
});

test('an issue that was opened again is not closed, until it is', async () => {
  const closed = () =>
    value(`select to_char(closed_at at time zone 'UTC', 'MM-DD') from gold.v_issue_lifecycle`);
  await store(pool, [
    issue('3', '2026-03-03T00:00:00Z', 'reopened'),
    issue('1', '2026-03-01T00:00:00Z', 'opened'),
  ]);
  await run();
  await store(pool, [issue('2', '2026-03-02T00:00:00Z', 'closed')]);
  await run();
  expect(await closed()).toBe(null);
  await store(pool, [issue('4', '2026-03-04T00:00:00Z', 'closed')]);
  await run();
  expect(await closed()).toBe('03-04');
  expect(await value('select count(*)::int from gold.v_pull_request_lifecycle')).toBe(0);
});

test('who contributed earlier than was known returns', async () => {
  const push = (id: string, created_at: string) => makeEvent({ id, created_at });
  const judged = () =>
    rows(
      'select month::text, first_time_count::int as first, returning_count::int as again from gold.v_contributors order by month',
    );
  await store(pool, [push('2', '2026-03-15T00:00:00Z')]);
  await run();
  expect(await judged()).toEqual([{ month: '2026-03-01', first: 1, again: 0 }]);
  // A star is no contribution.
  await store(pool, [
    makeEvent({ id: '0', type: 'WatchEvent', created_at: '2025-12-31T00:00:00Z' }),
    push('1', '2026-01-15T00:00:00Z'),
  ]);
  await run();
  expect(await judged()).toEqual([
    { month: '2025-12-01', first: 0, again: 0 },
    { month: '2026-01-01', first: 1, again: 0 },
    { month: '2026-03-01', first: 0, again: 1 },
  ]);
});

test('those without an id are counted as events, and as nobody', async () => {
  const anonymous = (id: string, login?: string) =>
    makeEvent({ id, actor: login === undefined ? null : { login } });
  await store(pool, [
    anonymous('1', 'ada'),
    anonymous('2', 'bob'),
    anonymous('3'),
    makeEvent({ id: '4' }),
    makeEvent({ id: '5', repo: { name: 'a/b' } }),
  ]);
  await run();
  expect(
    await rows(
      'select event_count::int, unidentified_event_count::int, actor_count::int, repo_count::int from gold.v_daily_activity',
    ),
  ).toEqual([{ event_count: 5, unidentified_event_count: 3, actor_count: 1, repo_count: 1 }]);
  expect(
    await rows('select repo_id::int, event_count::int, actor_count::int from gold.v_repo_activity'),
  ).toEqual([{ repo_id: 20, event_count: 4, actor_count: 1 }]);
  expect(await value('select count(*)::int from gold.v_actor_activity')).toBe(1);
});

test('a bot whose login is missing in some events is one bot, and no other account', async () => {
  const bot = (id: string, repo: number, login?: string) =>
    makeEvent({ id, actor: { id: 7, login }, repo: { id: repo, name: 'a/b' } });
  await store(pool, [
    bot('1', 20, 'ci[bot]'),
    bot('2', 20),
    bot('3', 21),
    makeEvent({ id: '4', created_at: '2026-03-02T00:00:00Z', actor: { id: 7 } }),
  ]);
  await run();
  expect(
    await rows(
      `select date_day::text as day, actor_count::int, bot_count::int from gold.v_daily_activity order by 1`,
    ),
  ).toEqual([
    { day: '2026-03-01', actor_count: 0, bot_count: 1 },
    // Of that day nobody said so.
    { day: '2026-03-02', actor_count: 1, bot_count: 0 },
  ]);
  expect(
    await rows('select actor_count::int, bot_count::int from gold.v_monthly_activity'),
  ).toEqual([{ actor_count: 0, bot_count: 1 }]);
  expect(await rows('select repo_id::int, actor_count::int from gold.v_contributors')).toEqual([
    { repo_id: 21, actor_count: 1 },
  ]);
});

test('the capture rate stands beside the counts, at the grain of each', async () => {
  await store(pool, [
    makeEvent(),
    makeEvent({
      id: '2',
      type: 'IssuesEvent',
      payload: { action: 'opened', issue: { number: 1 } },
    }),
  ]);
  await run();
  await pool.query(`update gold.feed_coverage set estimated_total = 4, estimated_low = 2, estimated_high = 8,
    capture_rate = 0.25, capture_rate_low = 0.125, capture_rate_high = 0.5, method = 'poll-overlap', reason = null`);
  const views = [
    'v_hourly_event_counts',
    'v_daily_event_counts',
    'v_daily_activity',
    'v_repo_activity',
    'v_actor_activity',
    'v_monthly_activity',
    'v_contributors',
    'v_issue_lifecycle',
  ];
  for (const view of views)
    expect(await rows(`select distinct capture_rate::float8 from gold.${view}`), view).toEqual([
      { capture_rate: 0.25 },
    ]);
});

test('the coverage of a day is worked out once, however much happened on it', async () => {
  await store(
    pool,
    Array.from({ length: 300 }, (_, n) =>
      makeEvent({
        id: `${n}`,
        actor: { id: 1000 + n, login: `account${n}` },
        repo: { id: 5000 + n, name: `account${n}/project` },
        created_at: `2026-03-0${1 + (n % 2)}T12:00:00Z`,
      }),
    ),
  );
  await run();
  await pool.query('vacuum analyze gold.mart_activity, gold.feed_coverage, gold.dim_date');
  interface Plan {
    'Relation Name'?: string;
    'Actual Loops': number;
    Plans?: Plan[];
  }
  const loops = (plan: Plan): number[] => [
    ...(plan['Relation Name'] === 'feed_coverage' ? [plan['Actual Loops']] : []),
    ...(plan.Plans ?? []).flatMap(loops),
  ];
  for (const view of ['v_daily_activity', 'v_repo_activity', 'v_actor_activity']) {
    const [explained] = (await value(
      `explain (analyze, format json) select * from gold.${view}`,
    )) as [{ Plan: Plan }];
    const done = loops(explained.Plan);
    expect(done.length, view).toBeGreaterThan(0);
    expect(Math.max(...done), view).toBeLessThanOrEqual(2);
  }
});

test('a load whose new events do not all become facts is refused whole', async () => {
  await store(pool, [makeEvent()]);
  await run();
  await store(pool, [makeEvent({ id: '2' })]);
  // Somebody keeps a fact from being stored.
  await pool.query(`create function pg_temp_skip() returns trigger language plpgsql as 'begin return null; end';
    create trigger skip before insert on gold.fact_events for each row execute function pg_temp_skip()`);
  try {
    await expect(run()).rejects.toThrow('0 of 1 new events became facts');
  } finally {
    await pool.query('drop trigger skip on gold.fact_events; drop function pg_temp_skip()');
  }
  expect(await run()).toEqual({ silver: 0, gold: 1 });
  expect(await value('select sum(event_count)::int from gold.mart_activity')).toBe(2);
});
