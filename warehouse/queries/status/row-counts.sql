-- One row per large table of the layers.
--
-- How many rows it holds: counted when the planner knows of less than a million, else the planner's estimate, which
-- autovacuum keeps within a few percent. Each count is a subquery of its own, run only where its branch is taken.
with
estimates as (
    select
        pg_namespace.nspname || '.' || pg_class.relname as table_name,
        pg_class.reltuples::bigint as row_count
    from pg_class
    join pg_namespace on pg_namespace.oid = pg_class.relnamespace
    where pg_class.oid in (
        'bronze.raw_events'::regclass, 'silver.events'::regclass, 'gold.fact_events'::regclass,
        'gold.dim_actors'::regclass, 'gold.dim_repos'::regclass
    )
)
select
    table_name,
    case
        when row_count >= 1000000 then row_count
        when table_name = 'bronze.raw_events' then (select count(*) from bronze.raw_events)
        when table_name = 'silver.events' then (select count(*) from silver.events)
        when table_name = 'gold.fact_events' then (select count(*) from gold.fact_events)
        when table_name = 'gold.dim_actors' then (select count(*) from gold.dim_actors)
        when table_name = 'gold.dim_repos' then (select count(*) from gold.dim_repos)
    end as row_count,
    row_count >= 1000000 as is_estimate
from estimates
order by table_name;
