-- One row per event type with events in the last sixty days before the newest event, most first.
with newest as (
    select max(hour) as hour from gold.feed_coverage where hour <= now()
)
select
    coverage.event_type,
    sum(coverage.captured_count)::bigint as event_count
from gold.feed_coverage as coverage
cross join newest
where coverage.hour > newest.hour - interval '60 days'
  and coverage.hour <= newest.hour
group by coverage.event_type
order by event_count desc, coverage.event_type;
