-- One row per UTC day and repository: stars given so far to the five that were given the most in 30 days.
--
-- The 30 days end with the newest day the warehouse has, so that a warehouse of an archive shows something too.
with
newest as materialized (
    select max(hour at time zone 'UTC')::date as date_day
    from gold.mart_event_counts
),
starred as (
    select repo_id
    from gold.v_repo_daily_stars
    where date_day > (select date_day - 30 from newest)
    group by repo_id
    order by sum(star_count) desc, repo_id
    limit 5
)
select
    stars.date_day,
    stars.repo_name,
    stars.running_star_count
from gold.v_repo_daily_stars as stars
join starred on starred.repo_id = stars.repo_id
order by stars.date_day, stars.repo_name;
