// What gold keeps beside facts: marts, and the names of all times.
import { beforeEach, describe, expect, test } from 'vitest';
import { maintain } from '../../apps/transformer/maintain.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { ADA, account, ada, adasLife, bob, erase, findMentions, startAnew } from './support.ts';

const database = useTestDatabase();
const { pool, rows, value } = database;

beforeEach(() => startAnew(database));

/** A pull request that Ada and Bob both had to do with, one of Ada's alone, a repository that she gave away. */
function together(month: string): Record<string, unknown>[] {
  const at = (second: number) => `${month}-02T12:00:${String(second).padStart(2, '0')}Z`;
  const pullRequest = (
    id: string,
    actor: unknown,
    second: number,
    number: number,
    action: string,
    more = {},
  ) =>
    makeEvent({
      id: `${month}-${id}`,
      type: 'PullRequestEvent',
      actor,
      repo: { id: 20, name: `${ADA.login}/engine` },
      created_at: at(second),
      payload: {
        action,
        number,
        pull_request: { id: number, number, user: ada, created_at: at(1), ...more },
      },
    });
  return [
    pullRequest('opened', ada, 1, 5, 'opened'),
    makeEvent({
      id: `${month}-review`,
      type: 'PullRequestReviewEvent',
      actor: ada,
      repo: { id: 20, name: `${ADA.login}/engine` },
      created_at: at(2),
      payload: { action: 'created', pull_request: { id: 5, number: 5 }, review: { user: ada } },
    }),
    pullRequest('merged', bob, 3, 5, 'closed', {
      merged: true,
      merged_at: at(3),
      closed_at: at(3),
    }),
    pullRequest('hers', ada, 4, 6, 'opened'),
    pullRequest('hers-closed', account(ADA.renamed, ADA.id), 5, 6, 'closed', { merged: false }),
    makeEvent({
      id: `${month}-given`,
      actor: bob,
      repo: { id: 20, name: 'bob/engine' },
      created_at: at(6),
    }),
    makeEvent({
      id: `${month}-star`,
      type: 'WatchEvent',
      actor: account(ADA.renamed, ADA.id),
      repo: { id: 20, name: `${ADA.renamed}/engine` },
      created_at: at(7),
      payload: { action: 'started' },
    }),
  ];
}

const TABLES = [
  'mart_event_counts',
  'mart_activity',
  'mart_subjects',
  'dim_actors',
  'dim_repos',
  'dim_actors_history',
  'dim_repos_history',
];

async function readGold(): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const table of TABLES) {
    found[table] = (
      await rows<{ row: string }>(
        `select (to_jsonb(t) - 'updated_at')::text as row from gold.${table} as t order by 1`,
      )
    ).map(({ row }) => row);
  }
  return found;
}

const totals = () =>
  rows(
    `select
       (select jsonb_object_agg(event_type || hour, (event_count, bot_event_count)) from gold.mart_event_counts) as by_hour,
       (select jsonb_agg(to_jsonb(subject) order by repo_id, number) from gold.mart_subjects as subject) as subjects,
       (select jsonb_agg(to_jsonb(day) order by day) from (
          select date_id, repo_id, count(*), sum(event_count), sum(push_count), sum(pull_request_opened_count), sum(star_count)
          from gold.mart_activity group by 1, 2) as day) as by_day`,
  );

/** What a reader of gold sees of Ada: every view, as text. */
async function seen(): Promise<string[]> {
  const views = await rows<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relkind = 'v' and relnamespace = 'gold'::regnamespace`,
  );
  const found: string[] = [];
  for (const { name } of views) {
    const [row] = await rows<{ n: number }>(
      `select count(*)::int as n from ${name} as t where t::text ~* $1`,
      [`${ADA.login}(?!-love)|${ADA.renamed}|${ADA.id}`],
    );
    if (row?.n !== 0) found.push(name);
  }
  return found;
}

describe.each([false, true])('marts and names of all times (removed: %s)', (removes) => {
  test('name the person no more, and are what they would be if built from nothing', async () => {
    for (const month of ['2026-02', '2026-03'])
      await store(pool, [...adasLife(month), ...together(month)]);
    await runTransform(database.connectionString);
    expect(await seen()).toEqual(
      expect.arrayContaining(['gold.v_events_as_of', 'gold.v_actor_activity', 'gold.v_events']),
    );
    expect(await findMentions(database)).toEqual(
      expect.arrayContaining(
        ['mart_activity', 'dim_actors_history', 'dim_repos_history'].map((table) =>
          expect.stringContaining(table),
        ),
      ),
    );
    const before = await totals();
    const { pseudonymId } = await erase(database, ADA.login, { removes });
    expect(await findMentions(database)).toEqual([]);
    expect(await seen()).toEqual([]);
    if (removes) {
      expect(
        await value(
          `select count(*)::int from gold.mart_subjects where number = 5 and opened_at is not null and merged_at is not null and first_reviewed_at is null`,
        ),
      ).toBe(1);
      // Nobody else had to do with it.
      expect(await value('select count(*)::int from gold.mart_subjects where number = 6')).toBe(0);
    } else {
      expect(await totals()).toEqual(before);
      expect(
        await rows('select actor_login from gold.dim_actors_history where actor_id = $1', [
          pseudonymId,
        ]),
      ).toEqual([{ actor_login: expect.stringMatching(/^erased-/) }]);
    }
    const erased = await readGold();
    await pool.query('select ops.reset_silver(null)');
    await runTransform(database.connectionString);
    expect(await readGold()).toEqual(erased);
    expect(await findMentions(database)).toEqual([]);
  });

  test('still add up with the facts of months that bronze and silver have dropped', async () => {
    await store(pool, [...adasLife('2024-02'), ...together('2024-02')]);
    await runTransform(database.connectionString);
    await store(pool, [...adasLife(), ...together('2026-03')]);
    await runTransform(database.connectionString);
    await maintain(pool, { bronze: 365, silver: 365, gold: undefined });
    expect(await value('select count(*)::int from silver.events')).toBe(14);
    await erase(database, ADA.login, { removes });
    const [sums] = await rows<{ facts: number }>(
      `select (select count(*)::int from gold.fact_events) as facts,
         (select sum(event_count)::int from gold.mart_event_counts) as by_hour,
         (select sum(event_count)::int from gold.mart_activity) as by_day`,
    );
    // Of a month's 14 events she did 8.
    const facts = 2 * (removes ? 14 - 8 : 14);
    expect(sums).toEqual({ facts, by_hour: facts, by_day: facts });
    expect(await findMentions(database)).toEqual([]);
    expect(await seen()).toEqual([]);
  });
});
