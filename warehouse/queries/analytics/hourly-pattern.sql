-- One row per UTC hour of the day, 0 to 23.
--
-- When people are active: events in that hour on weekdays and on weekends, in all and per day. The averages divide
-- by the days that have any event, so that days the warehouse never saw do not thin them; NULL when it saw none.
with
facts as (
    select * from gold.fact_events
),
days as (
    select * from gold.dim_date
),
hourly as (
    select
        facts.date_id,
        days.is_weekend,
        facts.event_hour,
        count(*) as event_count
    from facts
    join days on days.date_id = facts.date_id
    group by facts.date_id, days.is_weekend, facts.event_hour
),
seen_days as (
    select
        count(distinct date_id) filter (where not is_weekend) as weekday_count,
        count(distinct date_id) filter (where is_weekend) as weekend_day_count
    from hourly
),
by_hour as (
    select
        hours.event_hour,
        coalesce(sum(hourly.event_count) filter (where not hourly.is_weekend), 0)::bigint as weekday_event_count,
        coalesce(sum(hourly.event_count) filter (where hourly.is_weekend), 0)::bigint as weekend_event_count
    from generate_series(0, 23) as hours (event_hour)
    left join hourly on hourly.event_hour = hours.event_hour
    group by hours.event_hour
)
select
    by_hour.event_hour,
    by_hour.weekday_event_count,
    by_hour.weekend_event_count,
    round(by_hour.weekday_event_count::numeric / nullif(seen_days.weekday_count, 0), 1) as events_per_weekday,
    round(by_hour.weekend_event_count::numeric / nullif(seen_days.weekend_day_count, 0), 1) as events_per_weekend_day
from by_hour
cross join seen_days
order by by_hour.event_hour;
