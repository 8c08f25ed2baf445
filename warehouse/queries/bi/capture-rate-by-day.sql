-- One row per UTC day with events: what share of what happened the warehouse has, with its 95 % interval.
select
    date_day,
    capture_rate,
    capture_rate_low,
    capture_rate_high
from gold.v_overall_daily_activity
order by date_day;
