-- One row per event whose issue or pull request was closed or merged before it was opened.
--
-- layer: silver
-- category: business rules
-- why: Times to close and to merge are computed from these. Negative ones spoil every average.
select event_id, event_type, event_time, number, opened_at, closed_at, merged_at
from silver.events
where processed_at >= ops.checked_since()
  and (closed_at < opened_at or merged_at < opened_at)
