import pg from 'pg';
import {
  countErasure,
  type ErasureOptions,
  erasePerson,
  type Receipt,
} from '../../apps/transformer/erasure/erase-person.ts';
import { findPerson } from '../../apps/transformer/erasure/find-person.ts';
import { makeEvent } from '../support/events.ts';
import { dropPastMonths, emptyWarehouse, type TestDatabase } from '../support/test-database.ts';

/** Ada's id and her logins: nothing else in the tests has these digits and letters. */
export const ADA = { id: 7654321098, login: 'Ada-Quux', renamed: 'countess9' };

const MENTIONS = `/${ADA.login}(?!-love)|${ADA.renamed}|${ADA.id}|quuxmail|Ada Byron/i`;

/** An empty warehouse in which nobody was erased. */
export async function startAnew(database: Pick<TestDatabase, 'pool'>): Promise<void> {
  await emptyWarehouse(database);
  await dropPastMonths(database);
  // Statistics outlive the rows of a truncated table.
  await database.pool.query(`
    truncate ops.erasures, ops.erased_actors, ops.erased_names, ops.erasure_counts, ops.erasure_key restart identity;
    delete from pg_statistic`);
}

/** An account as GitHub describes it. */
export function account(login: string, id: number): Record<string, unknown> {
  return {
    id,
    login,
    node_id: Buffer.from(`04:User${id}`).toString('base64'),
    url: `https://api.github.com/users/${login}`,
    html_url: `https://github.com/${login}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    gravatar_id: '',
    type: 'User',
    site_admin: false,
  };
}

export const ada = account(ADA.login, ADA.id);
export const bob = account('bob', 11);

/** Ada's own events, and those of others that name her in every way they can. */
export function adasLife(month = '2026-03'): Record<string, unknown>[] {
  const at = (second: number) => `${month}-01T12:00:${String(second).padStart(2, '0')}Z`;
  return [
    makeEvent({
      id: `${month}-own-push`,
      actor: ada,
      repo: {
        id: 20,
        name: `${ADA.login}/engine`,
        url: `https://api.github.com/repos/${ADA.login}/engine`,
      },
      created_at: at(1),
      payload: {
        ref: `refs/heads/${ADA.login}-patch-1`,
        size: 1,
        commits: [
          {
            sha: 'c1',
            message: `by ${ADA.login}\n${ADA.login.toLowerCase()} again`,
            author: { name: 'Ada Byron', email: 'x@quuxmail.org' },
          },
        ],
      },
    }),
    makeEvent({
      id: `${month}-own-renamed`,
      type: 'WatchEvent',
      actor: account(ADA.renamed, ADA.id),
      repo: { id: 21, name: 'bob/tool' },
      created_at: at(2),
      payload: { action: 'started' },
    }),
    makeEvent({
      id: `${month}-issue`,
      type: 'IssuesEvent',
      actor: bob,
      repo: { id: 20, name: `${ADA.login}/engine` },
      created_at: at(3),
      payload: {
        action: 'opened',
        issue: {
          number: 7,
          title: `Ask @${ADA.login.toUpperCase()} about it`,
          user: ada,
          assignees: [account(ADA.renamed, ADA.id), bob],
          body: `Thanks ${ADA.renamed}! See https://github.com/${ADA.login}/engine/issues/7 and ${ADA.id}+${ADA.login}@users.noreply.github.com`,
        },
      },
    }),
    makeEvent({
      id: `${month}-fork`,
      type: 'ForkEvent',
      actor: bob,
      repo: { id: 22, name: 'bob/other' },
      created_at: at(4),
      payload: { forkee: { id: 99, full_name: `${ADA.login}/other`, owner: ada } },
    }),
    makeEvent({
      id: `${month}-namesake`,
      actor: account('ada-quux-lovelace', 13),
      repo: { id: 23, name: 'ada-quux-lovelace/x' },
      created_at: at(5),
    }),
    makeEvent({
      id: `${month}-bob`,
      actor: bob,
      repo: { id: 22, name: 'bob/other' },
      created_at: at(6),
    }),
    {
      // Before 2015.
      type: 'PushEvent',
      actor: ADA.login,
      actor_attributes: {
        login: ADA.login,
        name: 'Ada Byron',
        email: 'x@quuxmail.org',
        type: 'User',
      },
      repository: { owner: ADA.login, name: 'old', id: 24 },
      payload: { shas: [['s', 'x@quuxmail.org', 'm', 'Ada Byron', true]], size: 1 },
      created_at: at(7),
    },
  ];
}

/** Erases as the command does, but for the lock. */
export async function erase(
  database: Pick<TestDatabase, 'connectionString'>,
  wanted: string,
  options: Partial<ErasureOptions> & { also?: string[]; stopAfter?: number } = {},
): Promise<Receipt & { left: unknown[] }> {
  const client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  try {
    const person = await findPerson(client, wanted, options.also ?? []);
    const erasure = { removes: options.removes ?? false, erasesWords: options.erasesWords ?? true };
    const receipt = await erasePerson(client, person, erasure, (done) => {
      if (done === options.stopAfter) throw new Error('killed');
    });
    return { ...receipt, left: await countErasure(client, person, erasure) };
  } finally {
    await client.end();
  }
}

/** Every place of the database, of whatever table and column, that names Ada: text, JSON, bytes and statistics. */
export async function findMentions(
  { rows }: Pick<TestDatabase, 'rows'>,
  pattern = MENTIONS,
): Promise<string[]> {
  const wanted = pattern.slice(1, pattern.lastIndexOf('/'));
  const tables = await rows<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relkind = 'r' and (nspname in ('ops', 'bronze', 'silver', 'gold', 'months') or relname = 'pg_statistic')`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const bytes = await rows<{ name: string }>(
      `select quote_ident(attname) as name from pg_attribute where attrelid = $1::regclass and atttypid = 'bytea'::regtype and not attisdropped`,
      [name],
    );
    const written = ['t::text', ...bytes.map((column) => `encode(${column.name}, 'escape')`)];
    const hits = await rows<{ place: string }>(
      `select left((regexp_match(said, $1, 'i'))[0 + 1], 200) as place
       from ${name} as t cross join lateral (select concat_ws(' ', ${written.join(', ')}) as said) as s where said ~* $1`,
      [`(.{0,60}(?:${wanted}).{0,60})`],
    );
    found.push(...hits.map(({ place }) => `${name}: ${place}`));
  }
  return found;
}

/** What readers count: none of it may change by a pseudonym. */
export async function countEverything({ rows }: Pick<TestDatabase, 'rows'>): Promise<unknown> {
  return await rows(
    `select
       (select count(*)::int from bronze.raw_events) as bronze,
       (select count(*)::int from bronze.sightings) as sightings,
       (select count(*)::int from silver.events) as silver,
       (select count(distinct actor_id)::int from silver.events) as silver_actors,
       (select count(distinct repo_name)::int from silver.events) as names,
       (select count(*)::int from gold.fact_events) as facts,
       (select count(distinct (actor_id, actor_login))::int from gold.fact_events) as gold_actors,
       (select count(*)::int from gold.dim_actors) as actors,
       (select count(*)::int from gold.dim_actors where is_bot is false) as people,
       (select count(*)::int from gold.dim_repos) as repos,
       (select count(*)::int from bronze.dead_letter_queue) as letters,
       (select jsonb_agg(to_jsonb(c) - 'computed_at' order by hour, event_type) from gold.feed_coverage as c) as coverage,
       (select jsonb_agg(to_jsonb(p) - 'feed' order by poll_id) from ops.polls as p) as polls,
       (select jsonb_object_agg(key, n) from (
          select event_type || ' ' || date_id as key, count(*) as n from gold.fact_events group by 1) as f) as by_day`,
  );
}
