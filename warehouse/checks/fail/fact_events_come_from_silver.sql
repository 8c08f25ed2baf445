-- One row per fact that silver does not have.
--
-- layer: gold
-- category: reconciliation
-- why: What GitHub never said must not be counted.
select fact.event_id, fact.event_type, fact.event_time, fact.silver_processed_at
from gold.fact_events as fact
where fact.silver_processed_at >= ops.checked_since()
  and not exists (
    select 1
    from silver.events as event
    where event.event_id = fact.event_id
      and event.event_type = fact.event_type
      and event.event_time = fact.event_time
  )
  and not ops.was_dropped('silver.events', fact.event_time)
