-- One row per fact whose event_type is not in gold.dim_event_types.
--
-- layer: gold
-- category: referential integrity
-- why: BI tools join facts to dimensions: a fact without its type vanishes from every result.
select fact.event_id, fact.event_type as missing_event_type, fact.event_time
from gold.fact_events as fact
where fact.silver_processed_at >= ops.checked_since()
  and not exists (select 1 from gold.dim_event_types as dim where dim.event_type = fact.event_type)
