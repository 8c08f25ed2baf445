-- One row per UTC hour of the last 30 days, those of which the smallest part was captured first, 24 at most.
--
-- Only hours that have settled; incidents are those known of the day.
with
hours as (
    select * from gold.v_coverage_hourly
    where day >= (now() at time zone 'UTC')::date - 30 and is_final and capture_rate is not null
),
incidents as (
    select date_id, string_agg(what, '; ' order by started_at) as incidents
    from gold.v_incidents_by_date
    group by date_id
)
select
    hours.hour,
    hours.captured_count,
    hours.estimated_total,
    hours.capture_rate,
    hours.capture_rate_low,
    hours.capture_rate_high,
    hours.method,
    hours.list_one,
    hours.list_two,
    incidents.incidents
from hours
left join incidents on incidents.date_id = hours.date_id
order by hours.capture_rate, hours.hour
limit 24;
