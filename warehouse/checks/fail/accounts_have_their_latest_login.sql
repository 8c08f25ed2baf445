-- One row per account for which silver has a later login than gold.
--
-- layer: gold
-- category: consistency
-- why: Rankings show the name of today. An older event must never overwrite a newer one.
with latest as (
    select distinct on (actor_id) actor_id, actor_login, event_time
    from silver.v_events
    where processed_at >= ops.checked_since()
      and processed_at < (select ops.complete_until('gold'))
      and actor_id <> -1
      and is_bot is not null
    order by actor_id, event_time desc, actor_login collate "C" desc
)
select actor.actor_id, actor.actor_login, actor.last_event_time, latest.actor_login as latest_login, latest.event_time as latest_event_time
from latest
join gold.dim_actors as actor on actor.actor_id = latest.actor_id
where (latest.event_time, latest.actor_login collate "C")
    > (coalesce(actor.last_event_time, '-infinity'), actor.actor_login collate "C")
