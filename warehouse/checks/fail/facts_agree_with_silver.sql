-- One row per fact that points to another account or repository than its silver event.
--
-- layer: gold
-- category: consistency
-- why: A fact at the wrong account is worse than none: nobody misses it.
select fact.event_id, fact.event_type, fact.event_time, fact.actor_id, event.actor_id as actor_id_in_silver, fact.repo_id, event.repo_id as repo_id_in_silver
from silver.v_events as event
join gold.fact_events as fact
    on fact.event_id = event.event_id
    and fact.event_type = event.event_type
    and fact.event_time = event.event_time
where event.processed_at >= ops.checked_since()
  and (fact.actor_id, fact.repo_id) is distinct from (event.actor_id, event.repo_id)
