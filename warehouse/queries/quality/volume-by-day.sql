-- One row per UTC day with events, of the last sixty days before the newest event that is not ahead of the clock.
with newest as (
    select max(hour) as hour from gold.feed_coverage where hour <= now()
)
select
    (coverage.hour at time zone 'UTC')::date as day,
    sum(coverage.captured_count)::bigint as event_count
from gold.feed_coverage as coverage
cross join newest
where coverage.hour > newest.hour - interval '60 days'
  and coverage.hour <= newest.hour
group by (coverage.hour at time zone 'UTC')::date
order by day;
