-- One row per UTC day of which anything was captured: what share of what happened that is, with its 95 % interval.
select
    day as date_day,
    capture_rate,
    capture_rate_low,
    capture_rate_high
from gold.v_coverage_daily
order by day;
