-- One row per account: those with the most events of a span.
--
-- $1 since, $2 until, $3 bots: include, exclude or only, $4 how many. Where bots are not told apart, accounts are not read.
with
bots as (
    select actor_id from gold.dim_actors where is_bot
),
counts as (
    select fact.actor_id, count(*) as event_count
    from gold.fact_events as fact
    where fact.event_time >= $1::timestamptz
      and fact.event_time < $2::timestamptz
      and fact.actor_id <> -1
      and ($3::text <> 'only' or fact.actor_id in (select actor_id from bots) or fact.actor_login like '%[bot]')
      and ($3::text <> 'exclude' or (fact.actor_id not in (select actor_id from bots) and fact.actor_login like '%[bot]' is not true))
    group by fact.actor_id
    order by event_count desc, fact.actor_id
    limit $4
)
select
    counts.actor_id::text as id,
    dim.actor_login as name,
    counts.event_count as events,
    dim.is_bot as is_bot
from counts
join gold.dim_actors as dim on dim.actor_id = counts.actor_id
order by counts.event_count desc, counts.actor_id;
