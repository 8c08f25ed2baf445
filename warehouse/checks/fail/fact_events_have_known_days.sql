-- One row per fact whose date_id is not in gold.dim_date.
--
-- layer: gold
-- category: referential integrity
-- why: BI tools join facts to dimensions: a fact without its day vanishes from every result.
select fact.event_id, fact.event_type, fact.event_time, fact.date_id as missing_date_id
from gold.fact_events as fact
where fact.silver_processed_at >= ops.checked_since()
  and not exists (select 1 from gold.dim_date as dim where dim.date_id = fact.date_id)
