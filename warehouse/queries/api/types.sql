-- One row per event type that a span has events of, the most frequent first.
--
-- $1 since, $2 until, $3 bots: include, exclude or only.
with counts as (
    select fact.event_type, count(*) as event_count
    from gold.fact_events as fact
    join gold.dim_actors as actor on actor.actor_id = fact.actor_id
    where fact.date_id between to_char($1::timestamptz at time zone 'UTC', 'YYYYMMDD')::integer
            and to_char($2::timestamptz at time zone 'UTC', 'YYYYMMDD')::integer
      and fact.event_time >= $1::timestamptz
      and fact.event_time < $2::timestamptz
      and case $3::text when 'exclude' then actor.is_bot is not true when 'only' then actor.is_bot is true else true end
    group by fact.event_type
)
select
    counts.event_type,
    type.event_category as category,
    counts.event_count as events,
    (counts.event_count / sum(counts.event_count) over ())::double precision as share
from counts
join gold.dim_event_types as type on type.event_type = counts.event_type
order by counts.event_count desc, counts.event_type;
