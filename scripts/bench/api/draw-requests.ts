import type { Pool } from '../../../apps/shared/database.ts';
import { mix, share } from '../../../apps/simulator/random.ts';

/** A request, and the kind of question it is. */
export interface Question {
  kind: string;
  url: string;
}

/** What there is to be asked for: of the newest events, each as often as they name it. */
interface Known {
  repos: string[];
  actors: string[];
  types: string[];
  firstMs: number;
  lastMs: number;
}

const SAMPLE = 2_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * What people and the dashboard ask, drawn anew for each client: of a hundred questions 40 are for events, 24 for a
 * repository or an account, with parameters that hardly repeat, and 36 are what an open dashboard asks again and again.
 */
export async function createQuestions(pool: Pool, seed: number): Promise<() => Question> {
  const known = await findKnown(pool);
  let drawn = 0;
  const random = () => share(mix(seed, ++drawn));
  const below = (limit: number) => Math.floor(random() * limit);
  const one = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const moment = () => known.firstMs + random() * (known.lastMs - known.firstMs);
  const iso = (ms: number) => new Date(ms).toISOString();
  // The newest fact is not always of today.
  const lately = (days: number) =>
    `since=${iso(known.lastMs - days * DAY_MS)}&until=${iso(known.lastMs)}`;
  const bots = () => one(['include', 'exclude', 'only']);

  const draws: readonly [weight: number, kind: string, url: () => string][] = [
    [6, '/data', () => `/data?page=${1 + below(20)}&page_size=50`],
    [8, '/data of a span', () => spanOf('')],
    [6, '/data of a type', () => spanOf(`&type=${one(known.types)}`)],
    [8, '/data of a repository', () => `/data?repo=${one(known.repos)}&page_size=50`],
    [6, '/data of an account', () => `/data?actor=${encodeURIComponent(one(known.actors))}`],
    [3, '/data by search', () => `/data?search=${one(known.repos).slice(0, 7 + below(8))}`],
    [3, '/data by cursor', () => `/data?page_size=100&cursor=${cursorAt(moment())}`],
    [14, '/repos', () => `/repos/${one(known.repos)}?${lately(7 + below(60))}`],
    [10, '/actors', () => `/actors/${encodeURIComponent(one(known.actors))}?${lately(30)}`],
    [8, '/activity', () => `/activity?bucket=hour&${lately(1 + below(14))}&bots=${bots()}`],
    [3, '/activity by day', () => `/activity?bucket=day&${lately(30 + below(60))}`],
    [
      6,
      '/top',
      () => `/top?kind=${one(['repos', 'actors'])}&${lately(1 + below(7))}&bots=${bots()}`,
    ],
    [4, '/types', () => `/types?${lately(1 + below(30))}&bots=${bots()}`],
    [3, '/runs', () => '/runs?limit=100'],
    [2, '/dead-letters', () => '/dead-letters'],
    [2, '/incidents', () => `/incidents?${lately(30)}`],
    [2, '/coverage', () => `/coverage?${lately(30)}`],
    [2, '/quality', () => '/quality'],
    [2, '/stats', () => '/stats'],
    [2, '/health', () => '/health'],
  ];
  const total = draws.reduce((sum, [weight]) => sum + weight, 0);

  function spanOf(filter: string): string {
    const since = moment();
    return `/data?since=${iso(since)}&until=${iso(since + (1 + below(48)) * HOUR_MS)}${filter}`;
  }

  return () => {
    let left = random() * total;
    for (const [weight, kind, url] of draws) {
      left -= weight;
      if (left < 0) return { kind, url: url() };
    }
    return { kind: '/health', url: '/health' };
  };
}

/** As next_cursor has it: time, id and type of the last event that was seen. */
function cursorAt(ms: number): string {
  const place = [new Date(ms).toISOString(), '9', 'PushEvent'];
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

async function findKnown(pool: Pool): Promise<Known> {
  const { rows } = await pool.query<
    Omit<Known, 'firstMs' | 'lastMs'> & { first: Date; last: Date }
  >(
    `with sample as materialized (
       select repo_id, actor_id from gold.fact_events order by event_time desc limit $1
     )
     select
       (select array_agg(repo_name) from sample join gold.dim_repos using (repo_id) where repo_id <> -1) as repos,
       (select array_agg(actor_login) from sample join gold.dim_actors using (actor_id) where actor_id <> -1) as actors,
       (select array_agg(distinct event_type) from gold.mart_event_counts) as types,
       (select min(hour) from gold.mart_event_counts) as first,
       (select max(hour) from gold.mart_event_counts) as last`,
    [SAMPLE],
  );
  const [found] = rows;
  if (found === undefined || found.repos === null) throw new Error('The warehouse has no facts.');
  return { ...found, firstMs: found.first.getTime(), lastMs: found.last.getTime() };
}
