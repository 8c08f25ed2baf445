-- One row per event type of the newest day with an estimate.
--
-- What part of each type was captured. Types are captured differently: since May 2025 the first page of the public feed is
-- almost only pushes.
with
newest_day as (
    select max((hour at time zone 'UTC')::date) as day
    from gold.feed_coverage
    where estimated_total is not null
)
select
    day,
    event_type,
    captured_count,
    own_count,
    archive_count,
    estimated_total,
    estimated_low,
    estimated_high,
    capture_rate,
    capture_rate_low,
    capture_rate_high
from gold.v_coverage_daily_by_type
where day = (select day from newest_day)
order by captured_count desc, event_type;
