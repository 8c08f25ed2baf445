-- One row per event from before GitHub existed, or from the future.
--
-- layer: silver
-- category: business rules
-- why: Such a time is a fault of whoever sent it. It opens days that no report expects.
-- setting: clock_tolerance_minutes = 15  How far GitHub's clock may be ahead of ours.
select event_id, event_type, event_time, source
from silver.events
where processed_at >= ops.checked_since()
  and (
    event_time < timestamptz '2008-01-01 00:00Z'
    or event_time > greatest(ops.checked_at(), ingested_at)
        + make_interval(mins => current_setting('assay.clock_tolerance_minutes')::integer)
  )
