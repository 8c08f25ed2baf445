-- One row per silver event that bronze does not have.
--
-- layer: silver
-- category: reconciliation
-- why: What GitHub never said must not be counted.
select event.event_id, event.event_type, event.event_time, event.processed_at, event.source
from silver.events as event
where event.processed_at >= ops.checked_since()
  and not exists (
    select 1
    from bronze.raw_events as raw
    where raw.event_id = event.event_id
      and raw.event_type = event.event_type
      and raw.created_at is not distinct from event.event_time
  )
  and not ops.was_dropped('bronze.raw_events', event.event_time)
