-- One row per UTC day of a span of which anything was captured, oldest first.
--
-- $1 since, $2 until.
select
    day,
    hour_count as hours,
    captured_count as captured,
    unestimated_count as unestimated,
    capture_rate,
    capture_rate_low as capture_low,
    capture_rate_high as capture_high,
    estimated_total,
    is_final,
    incidents
from gold.v_coverage_daily
where day >= ($1::timestamptz at time zone 'UTC')::date
  and day < ($2::timestamptz at time zone 'UTC' + interval '1 day' - interval '1 microsecond')::date
order by day;
