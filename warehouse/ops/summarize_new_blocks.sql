-- Has the block-range indexes of a table take in the blocks that were written since they last did. Autovacuum does it too,
-- but later: until then, whoever looks for an hour by such an index reads all of the new blocks. Gives how many block ranges
-- were taken in. A partition that somebody else maintains at the moment is left to them. Only a table's owner may do it, so it
-- is done with the owner's rights.
create or replace function ops.summarize_new_blocks(parent regclass) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
    brin_index regclass;
    range_count bigint := 0;
begin
    perform ops.require_monthly_table(parent);
    for brin_index in
        select indexrelid
        from pg_partition_tree(parent) as part
        join pg_index on indrelid = part.relid
        join pg_class on pg_class.oid = indexrelid
        join pg_am on pg_am.oid = relam
        where part.isleaf and amname = 'brin'
    loop
        begin
            range_count := range_count + brin_summarize_new_values(brin_index);
        exception when lock_not_available then
            null;
        end;
    end loop;
    return range_count;
end;
$$;
comment on function ops.summarize_new_blocks(regclass) is 'Has the block-range indexes of a table take in what was written since they last did.';
