-- One row per UTC week in which pull requests were merged: how long they had taken.
--
-- Half of them took no longer than the median. What the warehouse does not know the opening of is left out.
select
    date_trunc('week', merged_at at time zone 'UTC')::date as week,
    percentile_cont(0.5) within group (order by extract(epoch from time_to_merge) / 3600) as median_hours,
    count(*) as merged_count
from gold.v_pull_request_lifecycle
where time_to_merge is not null
group by date_trunc('week', merged_at at time zone 'UTC')::date
order by week;
