-- One row per repository: those with the most events of a span.
--
-- $1 since, $2 until, $3 bots: include, exclude or only, $4 how many.
with counts as (
    select fact.repo_id, count(*) as event_count
    from gold.fact_events as fact
    join gold.dim_actors as actor on actor.actor_id = fact.actor_id
    where fact.date_id between to_char($1::timestamptz at time zone 'UTC', 'YYYYMMDD')::integer
            and to_char($2::timestamptz at time zone 'UTC', 'YYYYMMDD')::integer
      and fact.event_time >= $1::timestamptz
      and fact.event_time < $2::timestamptz
      and fact.repo_id <> -1
      and case $3::text when 'exclude' then actor.is_bot is not true when 'only' then actor.is_bot is true else true end
    group by fact.repo_id
    order by event_count desc, fact.repo_id
    limit $4
)
select
    counts.repo_id::text as id,
    repo.repo_name as name,
    counts.event_count as events,
    null::boolean as is_bot
from counts
join gold.dim_repos as repo on repo.repo_id = counts.repo_id
order by counts.event_count desc, counts.repo_id;
