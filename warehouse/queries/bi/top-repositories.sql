-- One row per repository: the fifteen with the most events in 30 days, busiest first.
--
-- The 30 days end with the newest day the warehouse has, so that a warehouse of an archive shows something too.
with
newest as materialized (
    select max(hour at time zone 'UTC')::date as date_day
    from gold.mart_event_counts
)
select
    repo.repo_name,
    sum(activity.event_count)::bigint as event_count,
    sum(activity.push_count)::bigint as push_count,
    sum(activity.pull_request_opened_count)::bigint as pull_requests_opened,
    sum(activity.issue_opened_count)::bigint as issues_opened,
    sum(activity.star_count)::bigint as star_count
from gold.mart_activity as activity
join gold.dim_date as day on day.date_id = activity.date_id
left join gold.dim_repos as repo on repo.repo_id = activity.repo_id
where day.date_day > (select date_day - 30 from newest)
  and activity.repo_id <> -1
group by activity.repo_id, repo.repo_name
order by event_count desc, activity.repo_id
limit 15;
