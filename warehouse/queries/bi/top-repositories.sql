-- One row per repository: the fifteen with the most events in 30 days, busiest first.
--
-- The 30 days end with the newest day the warehouse has, so that a warehouse of an archive shows something too.
with
newest as (
    select max(date_id) as date_id
    from gold.fact_events
),
days as (
    select days.date_day
    from gold.dim_date as days
    cross join newest
    join gold.dim_date as last_day on last_day.date_id = newest.date_id
    where days.date_day between last_day.date_day - 29 and last_day.date_day
)
select
    activity.repo_name,
    sum(activity.event_count)::bigint as event_count,
    sum(activity.push_count)::bigint as push_count,
    sum(activity.pull_request_event_count)::bigint as pull_request_event_count,
    sum(activity.issue_event_count)::bigint as issue_event_count,
    sum(activity.star_count)::bigint as star_count
from gold.v_repo_daily_activity as activity
join days on days.date_day = activity.date_day
where activity.repo_id <> -1
group by activity.repo_id, activity.repo_name
order by event_count desc, activity.repo_id
limit 15;
