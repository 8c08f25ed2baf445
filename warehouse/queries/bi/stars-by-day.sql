-- One row per UTC day and repository: stars given so far to the five that were given the most in 30 days.
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
),
starred as (
    select stars.repo_id, stars.repo_name
    from gold.v_repo_daily_stars as stars
    join days on days.date_day = stars.date_day
    where stars.repo_id <> -1
    group by stars.repo_id, stars.repo_name
    order by sum(stars.star_count) desc, stars.repo_id
    limit 5
)
select
    stars.date_day,
    stars.repo_name,
    stars.running_star_count
from gold.v_repo_daily_stars as stars
join starred on starred.repo_id = stars.repo_id and starred.repo_name = stars.repo_name
order by stars.date_day, stars.repo_name;
