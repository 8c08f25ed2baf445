-- One row per bronze event behind the silver watermark that silver does not have.
--
-- layer: silver
-- behind: silver
-- category: reconciliation
-- why: A watermark that passed a row has lost it for every layer above.
select raw.event_id, raw.event_type, raw.created_at, raw.ingested_at, raw.source
from bronze.raw_events as raw
where raw.ingested_at >= ops.checked_since()
  and raw.ingested_at < (select ops.complete_until('silver'))
  and not exists (
    select 1
    from silver.events as known
    where known.event_id = raw.event_id
      and known.event_type = raw.event_type
      and known.event_time is not distinct from raw.created_at
  )
  and not ops.was_dropped('silver.events', raw.created_at)
