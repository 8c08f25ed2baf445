-- One row per event that gold.fact_events has more than once.
--
-- layer: gold
-- category: schema
-- why: An event counted twice makes every figure wrong.
with new_rows as (
    select distinct event_id, event_type, event_time
    from gold.fact_events
    where silver_processed_at >= ops.checked_since()
)
select new_rows.*, copies.copy_count
from new_rows
cross join lateral (
    select count(*) as copy_count
    from gold.fact_events as copy
    where copy.event_id = new_rows.event_id
      and copy.event_type = new_rows.event_type
      and copy.event_time = new_rows.event_time
) as copies
where copies.copy_count > 1
