-- One row per repository: those with the most events of a span.
--
-- $1 since, $2 until, $3 bots: include, exclude or only, $4 how many. Where bots are not told apart, accounts are not read.
with
bots as (
    select actor_id from gold.dim_actors where is_bot
),
counts as (
    select fact.repo_id, count(*) as event_count
    from gold.fact_events as fact
    where fact.event_time >= $1::timestamptz
      and fact.event_time < $2::timestamptz
      and fact.repo_id <> -1
      and ($3::text <> 'only' or fact.actor_id in (select actor_id from bots) or fact.actor_login like '%[bot]')
      and ($3::text <> 'exclude' or (fact.actor_id not in (select actor_id from bots) and fact.actor_login like '%[bot]' is not true))
    group by fact.repo_id
    order by event_count desc, fact.repo_id
    limit $4
)
select
    counts.repo_id::text as id,
    dim.repo_name as name,
    counts.event_count as events,
    null::boolean as is_bot
from counts
join gold.dim_repos as dim on dim.repo_id = counts.repo_id
order by counts.event_count desc, counts.repo_id;
