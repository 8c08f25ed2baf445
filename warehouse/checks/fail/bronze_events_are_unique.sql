-- One row per event that bronze.raw_events has more than once.
--
-- layer: bronze
-- category: schema
-- why: An event counted twice makes every figure wrong.
with new_rows as (
    select distinct event_id, event_type, created_at
    from bronze.raw_events
    where ingested_at >= ops.checked_since()
)
select new_rows.*, copies.copy_count
from new_rows
cross join lateral (
    select count(*) as copy_count
    from bronze.raw_events as copy
    where copy.event_id = new_rows.event_id
      and copy.event_type = new_rows.event_type
      and copy.created_at is not distinct from new_rows.created_at
) as copies
where copies.copy_count > 1
