-- One row per account that made an outlying share of a day's new events.
--
-- layer: gold
-- category: anomalies
-- why: One script can make a day look busy. Rankings and averages of that day tell of it, and not of people.
-- setting: max_account_percent = 20  Share of a day's new events one account may have.
-- setting: flood_min_events = 1000  New events of a day below which a share says nothing.
with new_facts as (
    select date_id, actor_id, count(*) as event_count
    from gold.fact_events
    where silver_processed_at >= ops.checked_since() and actor_id <> -1
    group by date_id, actor_id
),
shares as (
    select *, sum(event_count) over (partition by date_id) as day_count from new_facts
)
select shares.date_id, shares.actor_id, actor.actor_login, actor.is_bot, shares.event_count, shares.day_count, round(100.0 * shares.event_count / shares.day_count, 1) as day_percent
from shares
join gold.dim_actors as actor on actor.actor_id = shares.actor_id
where shares.day_count >= current_setting('assay.flood_min_events')::integer
  and 100.0 * shares.event_count / shares.day_count > current_setting('assay.max_account_percent')::numeric
