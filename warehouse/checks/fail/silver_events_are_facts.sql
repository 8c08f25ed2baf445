-- One row per silver event with a readable time, behind the gold watermark, that has no fact.
--
-- layer: gold
-- category: reconciliation
-- why: A watermark that passed a row has lost it for every reader.
select event.event_id, event.event_type, event.event_time, event.processed_at
from silver.events as event
where event.event_time is not null
  and event.processed_at >= ops.checked_since()
  and event.processed_at < (select ops.complete_until('gold'))
  and not exists (
    select 1
    from gold.fact_events as fact
    where fact.event_id = event.event_id
      and fact.event_type = event.event_type
      and fact.event_time = event.event_time
  )
  and not ops.was_dropped('gold.fact_events', event.event_time)
