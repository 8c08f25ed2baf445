-- One row per UTC day with events: how many the warehouse has, and how many happened by estimate.
select
    date_day,
    event_count,
    estimated_total
from gold.v_overall_daily_activity
order by date_day;
