// The views that answer the common questions, and the queries of the starter dashboard: rows in, rows out.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { projectRoot, warehousePath } from '../../apps/shared/project-root.ts';
import { starterDashboard } from '../../scripts/metabase/starter-dashboard.ts';
import { runQuery, ZONES } from '../queries/run-query.ts';
import { useRoles } from '../security/support.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { emptyWarehouse } from '../support/test-database.ts';

const database = useRoles();

const ada = { id: 10, login: 'ada' };
const bob = { id: 11, login: 'bob' };
const bot = { id: 12, login: 'helper[bot]' };
const engine = { id: 20, name: 'ada/engine' };
const loom = { id: 21, name: 'bob/loom' };

/** As GitHub sent pull requests until October 2025, and as it has since. */
const full = (number: number, more: object) => ({
  number,
  pull_request: { number, user: bob, title: `Change ${number}`, ...more },
});
const trimmed = (action: string, number: number) => ({ action, number, pull_request: { number } });
const issue = (action: string, number: number, more: object = {}) => ({
  action,
  issue: { number, user: bob, title: `Fault ${number}`, ...more },
});

const EVENTS = [
  { type: 'PushEvent', created_at: '2026-01-31T23:59:59Z', actor: ada },
  { type: 'PushEvent', created_at: '2026-02-01T00:00:00Z', actor: ada },
  { type: 'PushEvent', created_at: '2026-02-01T01:00:00Z', actor: bot },
  { type: 'PushEvent', created_at: '2026-02-01T02:00:00Z', actor: {} },
  { type: 'IssueCommentEvent', created_at: '2026-02-02T00:00:00Z', actor: bob },
  { type: 'WatchEvent', created_at: '2026-02-02T10:00:00Z', actor: bob },
  { type: 'WatchEvent', created_at: '2026-02-02T11:00:00Z', actor: ada },
  { type: 'WatchEvent', created_at: '2026-02-04T11:00:00Z', actor: bot },
  { type: 'ForkEvent', created_at: '2026-02-04T12:00:00Z', actor: bob, repo: loom },
  // 7: everything in one event, of another day than it was opened.
  {
    type: 'PullRequestEvent',
    created_at: '2026-02-03T06:00:00Z',
    actor: ada,
    payload: {
      action: 'closed',
      ...full(7, {
        merged: true,
        created_at: '2026-02-02T00:00:00Z',
        closed_at: '2026-02-03T06:00:00Z',
        merged_at: '2026-02-03T06:00:00Z',
      }),
    },
  },
  // 8: opened and merged, with no time in either.
  {
    type: 'PullRequestEvent',
    created_at: '2026-02-03T07:00:00Z',
    actor: bob,
    payload: trimmed('opened', 8),
  },
  {
    type: 'PullRequestEvent',
    created_at: '2026-02-03T10:30:00Z',
    actor: ada,
    payload: trimmed('merged', 8),
  },
  // 9: merged, and never seen opened. 10: closed and opened again.
  {
    type: 'PullRequestEvent',
    created_at: '2026-02-03T08:00:00Z',
    actor: bot,
    payload: trimmed('merged', 9),
  },
  {
    type: 'PullRequestEvent',
    created_at: '2026-02-03T09:00:00Z',
    actor: bot,
    payload: trimmed('opened', 10),
  },
  {
    type: 'PullRequestEvent',
    created_at: '2026-02-03T09:10:00Z',
    actor: ada,
    payload: trimmed('closed', 10),
  },
  {
    type: 'PullRequestEvent',
    created_at: '2026-02-03T09:20:00Z',
    actor: ada,
    payload: trimmed('reopened', 10),
  },
  {
    type: 'IssuesEvent',
    created_at: '2026-02-03T09:00:00Z',
    actor: bob,
    payload: issue('opened', 1, { created_at: '2026-02-03T09:00:00Z' }),
  },
  {
    type: 'IssuesEvent',
    created_at: '2026-02-03T12:00:00Z',
    actor: ada,
    payload: issue('closed', 1, {
      created_at: '2026-02-03T09:00:00Z',
      closed_at: '2026-02-03T12:00:00Z',
    }),
  },
  {
    type: 'IssuesEvent',
    created_at: '2026-02-03T10:00:00Z',
    actor: ada,
    payload: issue('closed', 2),
  },
  {
    type: 'ReleaseEvent',
    created_at: '2026-02-04T13:00:00Z',
    actor: bot,
    payload: { action: 'published', release: { tag_name: 'v1.0' } },
  },
].map((fields, index) => makeEvent({ repo: engine, ...fields, id: String(index + 1) }));

beforeAll(async () => {
  await emptyWarehouse(database);
  // Late first, some twice.
  await store(database.pool, EVENTS.slice(9));
  await runTransform(database.connectionString);
  await store(database.pool, EVENTS.slice(0, 12));
  await runTransform(database.connectionString);
  await runTransform(database.connectionString);
});

/** Rows of a statement as the role reader, with counts as numbers, days and times as text. */
async function read(statement: string): Promise<Record<string, unknown>[]> {
  const { rows } = await database.as(
    'reader',
    `select coalesce(json_agg(found), '[]') as rows from (${statement}) as found`,
  );
  return rows[0].rows;
}

describe('the views', () => {
  test('v_repo_contributors names who contributed, and not who gave a star or forked', async () => {
    const repo = { repo_id: 20, repo_name: 'ada/engine' };
    expect(
      await read('select * from gold.v_repo_contributors order by contribution_count desc'),
    ).toEqual([
      {
        ...repo,
        actor_id: 10,
        actor_login: 'ada',
        is_bot: false,
        contribution_count: 8,
        active_day_count: 3,
        first_day: '2026-01-31',
        last_day: '2026-02-03',
      },
      {
        ...repo,
        actor_id: 12,
        actor_login: 'helper[bot]',
        is_bot: true,
        contribution_count: 4,
        active_day_count: 3,
        first_day: '2026-02-01',
        last_day: '2026-02-04',
      },
      {
        ...repo,
        actor_id: 11,
        actor_login: 'bob',
        is_bot: false,
        contribution_count: 3,
        active_day_count: 2,
        first_day: '2026-02-02',
        last_day: '2026-02-03',
      },
    ]);
  });

  test('v_repo_daily_stars adds up, beside the capture rate of stars', async () => {
    const client = await database.pool.connect();
    try {
      await client.query(`begin;
        delete from gold.feed_coverage;
        insert into gold.feed_coverage (hour, event_type, captured_count, own_count, archive_count, counts_by_source, counts_by_history, estimated_total, estimated_low, estimated_high, method)
        values
          ('2026-02-02 10:00Z', 'WatchEvent', 2, 2, 0, '{}', '{}', 8, 4, 16, 'poll-overlap'),
          ('2026-02-02 00:00Z', 'IssueCommentEvent', 1, 1, 0, '{}', '{}', 2, 1, 4, 'poll-overlap')`);
      const { rows } = await client.query(
        `select date_day::text, repo_name, star_count::int, running_star_count::int, capture_rate::float
         from gold.v_repo_daily_stars order by date_day`,
      );
      const repo = { repo_name: 'ada/engine' };
      expect(rows).toEqual([
        {
          ...repo,
          date_day: '2026-02-02',
          star_count: 2,
          running_star_count: 2,
          capture_rate: 0.25,
        },
        {
          ...repo,
          date_day: '2026-02-04',
          star_count: 1,
          running_star_count: 3,
          capture_rate: null,
        },
      ]);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });

  test('v_releases has the tag, and the release without it once silver has dropped the month', async () => {
    const release = { repo_name: 'ada/engine', actor_login: 'helper[bot]', is_bot: true };
    const statement = 'select repo_name, release_tag, actor_login, is_bot from gold.v_releases';
    expect(await read(statement)).toEqual([{ ...release, release_tag: 'v1.0' }]);
    const client = await database.pool.connect();
    try {
      await client.query(`begin; delete from silver.events where event_type = 'ReleaseEvent'`);
      expect((await client.query(statement)).rows).toEqual([{ ...release, release_tag: null }]);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});

describe.each(ZONES)('the queries of the dashboard, in a session in %s', (zone) => {
  const query = (name: string) => runQuery(database, `bi/${name}`, zone);

  test('top-repositories and stars-by-day look at the 30 days up to the newest', async () => {
    expect(await query('top-repositories')).toMatchObject([
      { repo_name: 'ada/engine', event_count: 19, push_count: 4, issues_opened: 1, star_count: 3 },
      { repo_name: 'bob/loom', event_count: 1 },
    ]);
    expect(await query('stars-by-day')).toEqual([
      { date_day: '2026-02-02', repo_name: 'ada/engine', running_star_count: 2 },
      { date_day: '2026-02-04', repo_name: 'ada/engine', running_star_count: 3 },
    ]);
  });

  test('the times of work are of the week, without bots and the unknown', async () => {
    expect(await query('pull-request-cycle-time')).toEqual([
      { week: '2026-02-02', median_hours: 16.75, merged_count: 2 },
    ]);
    expect(await query('issue-close-time')).toEqual([
      { week: '2026-02-02', median_hours: 3, closed_count: 1 },
    ]);
  });

  test('the rest', async () => {
    expect(await query('top-contributors')).toEqual([
      { actor_login: 'ada', contribution_count: 8, repo_count: 1 },
      { actor_login: 'bob', contribution_count: 3, repo_count: 1 },
    ]);
    expect(await query('contributors-by-month')).toEqual([
      { month: '2026-01-01', new_contributors: 1, returning_contributors: 0 },
      { month: '2026-02-01', new_contributors: 1, returning_contributors: 1 },
    ]);
    expect((await query('bot-share-by-day'))[1]).toEqual({
      date_day: '2026-02-01',
      bot_share: 0.3333,
    });
    expect((await query('events-by-day'))[1]).toEqual({
      date_day: '2026-02-01',
      event_count: 3,
      estimated_total: null,
    });
    expect(await query('capture-rate-by-day')).toHaveLength(5);
    expect(await query('latest-releases')).toEqual([
      {
        released_at: '2026-02-04T13:00:00Z',
        repo_name: 'ada/engine',
        release_tag: 'v1.0',
        actor_login: 'helper[bot]',
      },
    ]);
  });
});

test('every query of the folder is a card, and runs as the role reader', async () => {
  const files = readdirSync(warehousePath('queries', 'bi'));
  const { cards } = starterDashboard();
  expect(cards).toHaveLength(files.length);
  expect(new Set(cards.map(({ name }) => name)).size).toBe(cards.length);
  for (const { name, sql } of cards) {
    // As Metabase does with a question that another one builds on.
    const { rowCount } = await database.as('reader', `select * from (${sql}\n) as question`);
    expect(rowCount, name).toBeGreaterThan(0);
  }
});

describe('gold, as a BI tool with the role reader sees it', () => {
  const RELATIONS = `select oid from pg_class where relnamespace = 'gold'::regnamespace and relkind in ('r', 'p', 'v')`;

  test('can be read as a whole, with a comment on every table, view and column', async () => {
    const relations = await read(
      `select oid::regclass::text as name, obj_description(oid, 'pg_class') as comment from pg_class where oid in (${RELATIONS})`,
    );
    expect(relations.length).toBeGreaterThan(15);
    for (const { name, comment } of relations) {
      expect(comment, String(name)).toMatch(/\S/);
      await expect(read(`select * from ${name} limit 1`), String(name)).resolves.toBeDefined();
    }
    expect(
      await read(`select attrelid::regclass::text || '.' || attname as name
        from pg_attribute where attrelid in (${RELATIONS}) and attnum > 0 and not attisdropped
          and coalesce(trim(col_description(attrelid, attnum)), '') = ''`),
    ).toEqual([]);
  });

  test('has each of its views for a question in docs/bi.md, which names no other', async () => {
    const views = await read(
      `select oid::regclass::text as name from pg_class
       where relnamespace = 'gold'::regnamespace and relkind = 'v' and relname like 'v\\_%'`,
    );
    const page = readFileSync(join(projectRoot, 'docs/bi.md'), 'utf8');
    const [, table = ''] = page.split('## Views for common questions');
    const [rows = ''] = table.split('\n\nMost of them');
    expect([...new Set(rows.match(/gold\.v_\w+/g))].sort()).toEqual(
      views.map(({ name }) => name).sort(),
    );
  });

  test('is a star: facts point to their four dimensions, each of which has a key', async () => {
    expect(
      await read(`select confrelid::regclass::text as dimension from pg_constraint
        where contype = 'f' and conrelid = 'gold.fact_events'::regclass and convalidated order by 1`),
    ).toEqual(
      ['gold.dim_actors', 'gold.dim_date', 'gold.dim_event_types', 'gold.dim_repos'].map(
        (dimension) => ({ dimension }),
      ),
    );
    expect(
      await read(`select oid::regclass::text as name from pg_class
        where oid in (${RELATIONS}) and relkind <> 'v'
          and not exists (select from pg_constraint where conrelid = pg_class.oid and contype = 'p')`),
    ).toEqual([]);
  });
});
