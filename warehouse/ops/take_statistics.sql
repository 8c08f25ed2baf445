-- Takes the statistics of a table that is kept by month as a whole, which autovacuum takes of partitions only. Before
-- PostgreSQL 18 they cannot be taken without those of every partition. Only a table's owner may do it, so it is done with
-- the owner's rights.
create or replace function ops.take_statistics(parent regclass) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform ops.require_monthly_table(parent);
    execute format(
        'analyze %s %s',
        case when current_setting('server_version_num')::integer >= 180000 then 'only' end, parent
    );
end;
$$;
comment on function ops.take_statistics(regclass) is 'Takes the statistics of a table that is kept by month as a whole.';
