-- One row per UTC day with events: how many the warehouse has, and how many happened by estimate.
select
    counts.date_day,
    sum(counts.event_count)::bigint as event_count,
    coverage.estimated_total
from gold.v_daily_event_counts as counts
left join gold.v_coverage_daily as coverage on coverage.day = counts.date_day
group by counts.date_day, coverage.estimated_total
order by counts.date_day;
