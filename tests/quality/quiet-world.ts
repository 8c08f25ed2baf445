import { randomUUID } from 'node:crypto';
import { createRandom, type Random } from '../../apps/simulator/random.ts';
import type { TestDatabase } from '../support/test-database.ts';

/** Events an hour, at an average hour. */
const RATES = {
  PushEvent: 60,
  CreateEvent: 14,
  IssueCommentEvent: 12,
  PullRequestEvent: 11,
  WatchEvent: 9,
  IssuesEvent: 6,
  DeleteEvent: 4,
  ForkEvent: 2,
  ReleaseEvent: 1,
};

interface HourCount {
  hour: string;
  event_type: string;
  event_count: number;
}

const HOUR_MS = 3_600_000;

/** Counts of every hour and type in a span, which scatter as Poisson does around the pace of the weekday and hour. */
export function quietHours(seed: number, fromMs: number, hours: number): HourCount[] {
  const random = createRandom(seed);
  return Array.from({ length: hours }, (_, index) => new Date(fromMs + index * HOUR_MS)).flatMap(
    (hour) =>
      Object.entries(RATES).map(([event_type, rate]) => ({
        hour: hour.toISOString(),
        event_type,
        event_count: poisson(random, rate * paceOf(hour)),
      })),
  );
}

function paceOf(hour: Date): number {
  const isWeekend = hour.getUTCDay() % 6 === 0;
  const daily = 1 + 0.5 * Math.sin(((hour.getUTCHours() - 9) / 24) * 2 * Math.PI);
  return daily * (isWeekend ? 0.6 : 1.1);
}

/** Knuth's way: counts how many uniform factors it takes to fall below exp(−mean). */
function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

/** Enters counts as if these hours had been captured long ago. */
export async function enterHistory({ pool }: TestDatabase, counts: readonly HourCount[]) {
  await pool.query(
    `insert into gold.feed_coverage (hour, event_type, captured_count, own_count, archive_count, counts_by_source, counts_by_history, method, reason, computed_at)
     select hour, event_type, event_count, event_count, 0, '{}', '{}', 'none', 'made up', now() - interval '1 year'
     from json_to_recordset($1) as made (hour timestamptz, event_type text, event_count bigint)
     where event_count > 0`,
    [JSON.stringify(counts)],
  );
}

/** Stores the events of some hours in bronze, with the poll that brought them. One in ten is a bot's, one in three has an org. */
export async function storeHours(
  { pool }: TestDatabase,
  counts: readonly HourCount[],
  until: Date,
) {
  await pool.query(
    `with events as (
       select
         'q' || to_char(hour, 'YYMMDDHH24') || event_type || number as event_id,
         event_type,
         hour + make_interval(secs => floor(random() * 3600)) as created_at,
         floor(random() * 2000)::integer as actor,
         floor(random() * 5000)::integer as repo,
         number
       from json_to_recordset($1) as made (hour timestamptz, event_type text, event_count bigint)
       cross join lateral generate_series(1, event_count) as number
     ),
     stored as (
       insert into bronze.raw_events (event_id, event_type, created_at, source, payload)
       select event_id, event_type, created_at, 'api:orgs/quiet', jsonb_strip_nulls(jsonb_build_object(
         'id', event_id,
         'type', event_type,
         'created_at', created_at,
         'public', true,
         'actor', jsonb_build_object('id', 1000 + actor, 'login', 'user-' || actor || case when actor % 10 = 0 then '[bot]' else '' end),
         'repo', jsonb_build_object('id', 1000 + repo, 'name', 'owner-' || repo % 900 || '/project-' || repo),
         'org', case when repo % 3 = 0 then jsonb_build_object('id', 7000 + repo, 'login', 'org-' || repo) end,
         'payload', jsonb_build_object('action', 'created', 'ref', 'refs/heads/main', 'head', md5(event_id), 'before', md5(event_id || 'b'),
           'optional', case when random() < 0.3 then number end, 'rare', case when random() < 0.003 then 'x' end)
       ))
       from events
       returning 1
     )
     insert into ops.polls (poll_id, walk_id, feed, page, polled_at, duration_ms, outcome, fetched, inserted)
     select $2, $2, 'orgs/quiet', 1, $3, 5, 'events', count(*), count(*) from stored`,
    [JSON.stringify(counts), randomUUID(), until],
  );
}
