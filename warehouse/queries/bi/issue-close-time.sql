-- One row per UTC week in which issues were closed: how long they had been open.
--
-- Half of them took no longer than the median. What the warehouse does not know the opening of is left out.
select
    date_trunc('week', closed_at at time zone 'UTC')::date as week,
    percentile_cont(0.5) within group (order by extract(epoch from time_to_close) / 3600) as median_hours,
    count(*) as closed_count
from gold.v_issue_lifecycle
where time_to_close is not null
group by date_trunc('week', closed_at at time zone 'UTC')::date
order by week;
