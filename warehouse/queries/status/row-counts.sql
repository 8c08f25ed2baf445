-- One row per large table of the layers.
--
-- How many rows it holds: counted when the planner knows of less than a million, else the planner's estimate, which
-- autovacuum keeps within a few percent. Each count is a subquery of its own, run only where its branch is taken.
-- Bytes are those on disk with indexes; for tables kept by month, of how many months.
with
tables as (
    select table_name, table_name::regclass as table_id
    from unnest(array['bronze.raw_events', 'bronze.sightings', 'silver.events', 'gold.fact_events', 'gold.dim_actors', 'gold.dim_repos']) as table_name
),
parts as (
    select tables.table_name, tables.table_id, tree.relid as part_id
    from tables
    cross join lateral pg_partition_tree(tables.table_id) as tree
    union
    select table_name, table_id, table_id
    from tables
),
estimates as (
    select
        tables.table_name,
        sum(greatest(pg_class.reltuples, 0))::bigint as row_count,
        sum(ops.size_on_disk(tables.part_id))::bigint as size_bytes,
        (select count(*) from ops.months_of(tables.table_id)) as month_count
    from parts as tables
    join pg_class on pg_class.oid = tables.part_id and pg_class.relkind = 'r'
    group by tables.table_name, tables.table_id
)
select
    table_name,
    case
        when row_count >= 1000000 then row_count
        when table_name = 'bronze.raw_events' then (select count(*) from bronze.raw_events)
        when table_name = 'bronze.sightings' then (select count(*) from bronze.sightings)
        when table_name = 'silver.events' then (select count(*) from silver.events)
        when table_name = 'gold.fact_events' then (select count(*) from gold.fact_events)
        when table_name = 'gold.dim_actors' then (select count(*) from gold.dim_actors)
        when table_name = 'gold.dim_repos' then (select count(*) from gold.dim_repos)
    end as row_count,
    row_count >= 1000000 as is_estimate,
    size_bytes,
    month_count
from estimates
order by table_name;
