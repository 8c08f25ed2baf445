-- One row per event type that a span has events of, the most frequent first.
--
-- $1 since, $2 until, $3 bots: include, exclude or only. The span begins and ends with an hour.
with counts as (
    select
        event_type,
        sum(case $3::text when 'exclude' then event_count - bot_event_count when 'only' then bot_event_count else event_count end)::bigint as event_count
    from gold.mart_event_counts
    where hour >= $1::timestamptz
      and hour < $2::timestamptz
    group by event_type
)
select
    counts.event_type,
    type.event_category as category,
    counts.event_count as events,
    (counts.event_count / sum(counts.event_count) over ())::double precision as share
from counts
join gold.dim_event_types as type on type.event_type = counts.event_type
where counts.event_count > 0
order by counts.event_count desc, counts.event_type;
