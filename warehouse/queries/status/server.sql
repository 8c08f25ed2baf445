-- One row.
--
-- Which server and database this is, and what feeds the warehouse.
with
origin as (
    select origin, claimed_at from ops.warehouse_origin
)
select
    current_database() as database_name,
    inet_server_port() as server_port,
    current_setting('server_version') as server_version,
    (select origin from origin) as origin,
    (select claimed_at from origin) as origin_claimed_at,
    exists (select 1 from pg_extension where extname = 'citus') as has_citus,
    now() as read_at;
