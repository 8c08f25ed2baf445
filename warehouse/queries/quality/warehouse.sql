-- One row: the warehouse, and when it was asked.
select
    current_database() as name,
    (select origin from ops.warehouse_origin) as fed_by,
    current_setting('server_version') as server_version,
    date_trunc('second', now() at time zone 'UTC') at time zone 'UTC' as made_at;
