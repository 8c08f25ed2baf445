-- Bytes on disk of a table without partitions of its own, indexes included. A Citus coordinator holds empty shells of
-- distributed tables: there the workers are asked.
create or replace function ops.size_on_disk(of_table regclass) returns bigint
language plpgsql stable as $$
declare
    is_distributed boolean := false;
    size_bytes bigint;
begin
    if to_regclass('pg_dist_partition') is not null then
        execute 'select exists (select from pg_dist_partition where logicalrelid = $1)' into is_distributed using of_table;
    end if;
    if not is_distributed then
        return pg_total_relation_size(of_table);
    end if;
    execute 'select citus_total_relation_size($1)' into size_bytes using of_table;
    return size_bytes;
end;
$$;
comment on function ops.size_on_disk(regclass) is 'Bytes on disk of a table without partitions of its own, on the workers where it is distributed.';
