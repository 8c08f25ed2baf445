-- One row per event type that came up in the last seven days and that nobody has classified, newest first.
--
-- GitHub adds types without notice. All that wait for a classification are in analytics/uncurated-types.
with
types as (
    select * from gold.dim_event_types
)
select
    event_type,
    discovered_at
from types
where not is_curated
  and discovered_at >= now() - interval '7 days'
order by discovered_at desc, event_type;
