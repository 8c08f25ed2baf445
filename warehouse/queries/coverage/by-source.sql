-- One row per UTC day and kind of source of the last 30 days.
--
-- How many events each kind of source showed, what part of the estimated total that is, and how many no other showed: what
-- would be missing without it.
with
coverage as (
    select * from gold.coverage_hours where day >= (now() at time zone 'UTC')::date - 30
),
by_history as (
    select day, string_to_array(history.key, ' + ') as sources, history.value::bigint as event_count
    from coverage
    cross join lateral jsonb_each_text(counts_by_history) as history
),
by_source as (
    select
        day,
        source.source_class,
        sum(event_count) as seen_count,
        coalesce(sum(event_count) filter (where cardinality(sources) = 1), 0) as seen_alone_count
    from by_history
    cross join unnest(sources) as source (source_class)
    group by day, source.source_class
)
select
    by_source.day,
    by_source.source_class,
    by_source.seen_count,
    by_source.seen_alone_count,
    daily.captured_count,
    case when daily.unestimated_count = 0 then round(by_source.seen_count / daily.estimated_total, 4) end as share_of_estimated_total
from by_source
join gold.v_coverage_daily as daily on daily.day = by_source.day
order by by_source.day desc, by_source.seen_count desc;
