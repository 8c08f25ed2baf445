-- One row.
--
-- Bytes on disk of the warehouse's tables with their indexes, on the workers and on the coordinator. For Citus only:
-- elsewhere its function and its catalog are missing.
with
tables as (
    select pg_class.oid::regclass as table_name
    from pg_class
    where pg_class.relkind in ('r', 'p')
      and pg_class.relnamespace::regnamespace::text in ('ops', 'bronze', 'silver', 'gold')
),
distributed as (
    select logicalrelid as table_name from pg_dist_partition
)
select
    sum(
        case
            when distributed.table_name is not null then citus_total_relation_size(tables.table_name)
            else pg_total_relation_size(tables.table_name)
        end
    )::bigint as database_bytes
from tables
left join distributed on distributed.table_name = tables.table_name;
