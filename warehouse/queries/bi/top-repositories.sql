-- One row per repository: the fifteen with the most events in 30 days, busiest first.
--
-- The 30 days end with the newest day the warehouse has, so that a warehouse of an archive shows something too.
with
newest as materialized (
    select max(hour at time zone 'UTC')::date as date_day
    from gold.mart_event_counts
)
select
    activity.repo_name,
    sum(activity.event_count)::bigint as event_count,
    sum(activity.push_count)::bigint as push_count,
    sum(activity.pull_request_opened_count)::bigint as pull_requests_opened,
    sum(activity.issue_opened_count)::bigint as issues_opened,
    sum(activity.star_count)::bigint as star_count
from gold.v_repo_activity as activity
where activity.date_day > (select date_day - 30 from newest)
group by activity.repo_id, activity.repo_name
order by event_count desc, activity.repo_id
limit 15;
