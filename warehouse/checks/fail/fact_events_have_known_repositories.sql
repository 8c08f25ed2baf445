-- One row per fact whose repo_id is not in gold.dim_repos.
--
-- layer: gold
-- category: referential integrity
-- why: BI tools join facts to dimensions: a fact without its repository vanishes from every result.
select fact.event_id, fact.event_type, fact.event_time, fact.repo_id as missing_repo_id
from gold.fact_events as fact
where fact.silver_processed_at >= ops.checked_since()
  and not exists (select 1 from gold.dim_repos as dim where dim.repo_id = fact.repo_id)
