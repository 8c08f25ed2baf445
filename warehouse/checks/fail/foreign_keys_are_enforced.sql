-- One row per dimension that facts may point to without a validated foreign key.
--
-- layer: gold
-- category: schema
-- why: The keys are what lets an inner join lose nothing.
with dimensions (table_name) as (
    values ('gold.dim_actors'), ('gold.dim_repos'), ('gold.dim_event_types'), ('gold.dim_date')
)
select dimensions.table_name
from dimensions
where not exists (
    select 1
    from pg_constraint as key
    where key.contype = 'f'
      and key.conrelid = to_regclass('gold.fact_events')
      and key.confrelid = to_regclass(dimensions.table_name)
      and key.convalidated
)
