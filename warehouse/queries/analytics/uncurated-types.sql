-- One row per event type that nobody has classified yet, most frequent first.
--
-- What to give an event_category and is_core_metric to in gold.dim_event_types, by how much it matters.
with
types as (
    select * from gold.dim_event_types
),
facts as (
    select * from gold.fact_events
)
select
    types.event_type,
    types.discovered_at,
    count(facts.event_id) as event_count,
    min(facts.event_time) as first_event_time,
    max(facts.event_time) as last_event_time
from types
left join facts on facts.event_type = types.event_type
where not types.is_curated
group by types.event_type, types.discovered_at
order by event_count desc, types.event_type;
