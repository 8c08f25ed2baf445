-- One row per UTC week in which pull requests were merged: how long they had taken.
--
-- Half of them took no longer than the median. Bots are left out, and so is what the warehouse did not see opened.
select
    date_trunc('week', merged_at at time zone 'UTC')::date as week,
    percentile_cont(0.5) within group (order by cycle_hours) as median_hours,
    count(*) as merged_count
from gold.v_pull_requests
where cycle_hours is not null
  and is_bot is not true
group by date_trunc('week', merged_at at time zone 'UTC')::date
order by week;
