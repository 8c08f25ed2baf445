-- One row per fact whose actor_id is not in gold.dim_actors.
--
-- layer: gold
-- category: referential integrity
-- why: BI tools join facts to dimensions: a fact without its account vanishes from every result.
select fact.event_id, fact.event_type, fact.event_time, fact.actor_id as missing_actor_id
from gold.fact_events as fact
where fact.silver_processed_at >= ops.checked_since()
  and not exists (select 1 from gold.dim_actors as dim where dim.actor_id = fact.actor_id)
