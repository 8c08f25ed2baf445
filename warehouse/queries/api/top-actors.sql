-- One row per account: those with the most events of a span.
--
-- $1 since, $2 until, $3 bots: include, exclude or only, $4 how many.
with counts as (
    select fact.actor_id, actor.actor_login, actor.is_bot, count(*) as event_count
    from gold.fact_events as fact
    join gold.dim_actors as actor on actor.actor_id = fact.actor_id
    where fact.date_id between to_char($1::timestamptz at time zone 'UTC', 'YYYYMMDD')::integer
            and to_char($2::timestamptz at time zone 'UTC', 'YYYYMMDD')::integer
      and fact.event_time >= $1::timestamptz
      and fact.event_time < $2::timestamptz
      and fact.actor_id <> -1
      and case $3::text when 'exclude' then actor.is_bot is not true when 'only' then actor.is_bot is true else true end
    group by fact.actor_id, actor.actor_login, actor.is_bot
)
select
    actor_id::text as id,
    actor_login as name,
    event_count as events,
    is_bot
from counts
order by event_count desc, actor_id
limit $4;
