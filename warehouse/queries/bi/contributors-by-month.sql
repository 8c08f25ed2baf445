-- One row per UTC month: contributors of all repositories, each counted once in each, by whether they came back.
--
-- From the mart and not from gold.v_contributors, which looks up the coverage of each of its rows.
with
months as (
    select
        activity.repo_id,
        activity.actor_id,
        date_trunc('month', day.date_day::timestamp)::date as month
    from gold.mart_activity as activity
    join gold.dim_date as day on day.date_id = activity.date_id
    where activity.contribution_count > 0
      and activity.bot_event_count = 0
      and activity.repo_id <> -1
      and activity.actor_id <> -1
    group by activity.repo_id, activity.actor_id, date_trunc('month', day.date_day::timestamp)::date
),
firsts as (
    select month, min(month) over (partition by repo_id, actor_id) as first_month
    from months
)
select
    month,
    count(*) filter (where month = first_month) as new_contributors,
    count(*) filter (where month > first_month) as returning_contributors
from firsts
group by month
order by month;
