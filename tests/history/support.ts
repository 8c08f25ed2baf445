import pg from 'pg';
import { addMonths } from '../../apps/shared/add-months.ts';
import { loadGold } from '../../apps/transformer/load-gold.ts';
import { silentLog } from '../support/run-transform.ts';
import type { TestDatabase } from '../support/test-database.ts';

/** What an event says of names. Times are seconds; NULL as GitHub sent none. */
export interface Said {
  repo: number;
  name: string | null;
  org: string | null;
  actor: number;
  login: string | null;
  second: number;
}

export interface Version {
  id: number;
  /** Name and organisation, or the login. */
  says: string;
  from: number;
  to: number | null;
}

const EPOCH = Date.UTC(2026, 2, 1) / 1000;

/** Seconds as the tests count them, as PostgreSQL reads a time. */
export const at = (second: number) => new Date((EPOCH + second) * 1000).toISOString();

/** Puts events into silver, as the transformer would; `ids` are their keys. */
export async function toSilver(
  { pool }: Pick<TestDatabase, 'pool'>,
  ids: readonly string[],
  events: readonly Said[],
): Promise<void> {
  await pool.query(
    `insert into silver.events (event_id, event_type, event_time, ingested_at, source, actor_id, actor_login, is_bot, repo_id, repo_name, org_login)
     select id, 'PushEvent', at, now(), 'file:test', said ->> 'actor', said ->> 'login', said ->> 'login' like '%[bot]', said ->> 'repo', said ->> 'name', said ->> 'org'
     from unnest($1::text[], $2::timestamptz[], $3::jsonb[]) as event (id, at, said)
     on conflict do nothing`,
    [ids, events.map(({ second }) => at(second)), events.map((event) => JSON.stringify(event))],
  );
  await addMonths(pool, ['silver.events']);
}

/** Runs the gold script, as the transformer does. */
export async function toGold({
  connectionString,
}: Pick<TestDatabase, 'connectionString'>): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await loadGold({ client, log: silentLog, graceMinutes: 60 });
  } finally {
    await client.end();
  }
}

/** The order in which names of one second count, that of their bytes. */
const after = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0;

/** What the history has to be: written from its definition, of all events at once. */
export function historyOf(events: readonly Said[], of: 'repo' | 'actor'): Version[] {
  const perId = new Map<number, Map<number, string>>();
  for (const event of events) {
    const says = of === 'repo' ? event.name && `${event.name} ${event.org ?? ''}` : event.login;
    if (!says) continue;
    const seconds = perId.get(event[of]) ?? new Map<number, string>();
    perId.set(event[of], seconds);
    const known = seconds.get(event.second);
    if (known === undefined || after(says, known)) seconds.set(event.second, says);
  }
  const versions: Version[] = [];
  for (const [id, seconds] of [...perId].sort(([a], [b]) => a - b)) {
    let last: Version | undefined;
    for (const [second, says] of [...seconds].sort(([a], [b]) => a - b)) {
      if (last?.says === says) continue;
      if (last !== undefined) last.to = second;
      last = { id, says, from: second, to: null };
      versions.push(last);
    }
  }
  return versions;
}

/** What the history is. */
export async function storedHistory(
  { rows }: Pick<TestDatabase, 'rows'>,
  of: 'repo' | 'actor',
): Promise<Version[]> {
  const [table, says] =
    of === 'repo'
      ? ['gold.dim_repos_history', `repo_name || ' ' || coalesce(org_login, '')`]
      : ['gold.dim_actors_history', 'actor_login'];
  return await rows<Version>(
    `select ${of}_id::float8 as id, ${says} as says,
       (extract(epoch from valid_from) - $1)::int as "from", (extract(epoch from valid_to) - $1)::int as "to"
     from ${table} order by id, valid_from`,
    [EPOCH],
  );
}
