-- One row per UTC day with events, newest first.
--
-- The percentage of events whose account or repository has no usable id (-1 in gold). It is near zero for the
-- API; old archives have more, and a sudden rise means that GitHub changed the shape of its events.
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
    count(*) filter (where facts.actor_id = -1) as unknown_actor_count,
    round(100.0 * count(*) filter (where facts.actor_id = -1) / count(*), 2) as unknown_actor_percent,
    count(*) filter (where facts.repo_id = -1) as unknown_repo_count,
    round(100.0 * count(*) filter (where facts.repo_id = -1) / count(*), 2) as unknown_repo_percent
from facts
join days on days.date_id = facts.date_id
group by days.date_day
order by days.date_day desc;
