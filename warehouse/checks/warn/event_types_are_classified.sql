-- One row per event type that came in and that nobody has classified.
--
-- layer: gold
-- category: business rules
-- why: GitHub adds types without notice. Until one is classified, it is missing from every view by category.
select types.event_type, types.discovered_at
from gold.dim_event_types as types
where not types.is_curated
  and exists (
    select 1
    from silver.events as event
    where event.processed_at >= ops.checked_since() and event.event_type = types.event_type
  )
