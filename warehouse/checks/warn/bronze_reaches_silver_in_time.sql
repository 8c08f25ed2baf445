-- One row when bronze rows have waited too long for silver.
--
-- layer: silver
-- category: freshness
-- why: What waits is missing from gold. The default allows for one run a day.
-- setting: max_layer_lag_minutes = 1560  Minutes a row may wait for the next layer.
select count(*) as waiting_count, min(raw.ingested_at) as waiting_since
from bronze.raw_events as raw
where raw.ingested_at >= (select ops.complete_until('silver'))
  and raw.ingested_at < ops.checked_at() - make_interval(mins => current_setting('assay.max_layer_lag_minutes')::integer)
  and not exists (
    select 1
    from silver.events as known
    where known.event_id = raw.event_id
      and known.event_type = raw.event_type
      and known.event_time is not distinct from raw.created_at
  )
having count(*) > 0
