-- One row per account: the ten with the most events in a month, busiest first, bots left out.
--
-- A bot is an account whose login ends in [bot]; one that runs under a person's name is not known to be one. The
-- month is the current one, UTC. For another:
--     npm run sql -- --file top-actors --set month=2015-01
--     set assay.month = '2015-01';    in any other client, before the query
with
facts as (
    select * from gold.fact_events
),
days as (
    select * from gold.dim_date
),
actors as (
    select * from gold.dim_actors
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
    actors.actor_id,
    actors.actor_login,
    count(*) as event_count,
    count(distinct facts.repo_id) filter (where facts.repo_id <> -1) as repo_count,
    count(distinct facts.date_id) as active_day_count
from facts
join month_days on month_days.date_id = facts.date_id
join actors on actors.actor_id = facts.actor_id
where facts.actor_id <> -1
  and actors.is_bot is not true
group by actors.actor_id, actors.actor_login
order by event_count desc, actors.actor_id
limit 10;
