-- One row per repository: the ten with the most events in a month, busiest first.
--
-- The month is the current one, UTC. For another, such as one loaded from an archive:
--     npm run sql -- --file top-repositories --set month=2015-01
--     set assay.month = '2015-01';    in any other client, before the query
with
facts as (
    select * from gold.fact_events
),
days as (
    select * from gold.dim_date
),
repos as (
    select * from gold.dim_repos
),
-- Materialized: on Citus a worker would take it for the current month, since settings do not reach workers.
chosen_month as materialized (
    select coalesce(
        to_date(nullif(current_setting('assay.month', true), ''), 'YYYY-MM'),
        date_trunc('month', now() at time zone 'UTC')::date
    ) as first_day
),
month_days as (
    select days.date_id
    from days
    where days.date_day >= (select first_day from chosen_month)
      and days.date_day < (select first_day + interval '1 month' from chosen_month)
)
select
    repos.repo_id,
    repos.repo_name,
    count(*) as event_count,
    count(distinct facts.actor_id) filter (where facts.actor_id <> -1) as user_count,
    count(*) filter (where facts.event_type = 'WatchEvent') as star_count
from facts
join month_days on month_days.date_id = facts.date_id
join repos on repos.repo_id = facts.repo_id
where facts.repo_id <> -1
group by repos.repo_id, repos.repo_name
order by event_count desc, repos.repo_id
limit 10;
