-- One row per UTC day with events, newest first.
--
-- How much of a day bots did: of the events whose account is known by login, the percentage by one that ends in
-- [bot]. Events of unknown accounts are counted apart; NULL when all of a day's are.
with
facts as (
    select * from gold.fact_events
),
days as (
    select * from gold.dim_date
),
actors as (
    select * from gold.dim_actors
)
select
    days.date_day,
    count(*) as event_count,
    count(*) filter (where actors.is_bot) as bot_event_count,
    count(*) filter (where actors.is_bot is null) as unknown_event_count,
    round(
        100.0 * count(*) filter (where actors.is_bot) / nullif(count(*) filter (where actors.is_bot is not null), 0),
        1
    ) as bot_percent
from facts
join days on days.date_id = facts.date_id
join actors on actors.actor_id = facts.actor_id
group by days.date_day
order by days.date_day desc;
