-- One row per UTC day with events, newest first.
--
-- How much happened, by how many accounts, in how many repositories. Accounts and repositories that GitHub did
-- not name (-1) count as events, not as users or repositories.
with
facts as (
    select * from gold.fact_events
),
days as (
    select * from gold.dim_date
)
select
    days.date_day,
    count(*) as event_count,
    count(distinct facts.actor_id) filter (where facts.actor_id <> -1) as user_count,
    count(distinct facts.repo_id) filter (where facts.repo_id <> -1) as repo_count
from facts
join days on days.date_id = facts.date_id
group by days.date_day
order by days.date_day desc;
