-- One row per table without a valid unique key on the columns that identify its rows.
--
-- layer: ops
-- category: schema
-- why: Loading the same event again is harmless only because a unique key refuses the second copy.
with expected (table_name, key_columns) as (
    values
        ('bronze.raw_events', array['created_at', 'event_id', 'event_type']),
        ('silver.events', array['event_id', 'event_time', 'event_type']),
        ('gold.fact_events', array['event_id', 'event_time', 'event_type']),
        ('gold.dim_actors', array['actor_id']),
        ('gold.dim_repos', array['repo_id']),
        ('gold.dim_event_types', array['event_type']),
        ('gold.dim_date', array['date_id'])
)
select expected.*
from expected
where not exists (
    select 1
    from pg_index as key
    where key.indrelid = to_regclass(expected.table_name)
      and key.indisunique
      and key.indisvalid
      and key.indpred is null
      and (
        select array_agg(col.attname::text order by col.attname)
        from pg_attribute as col
        where col.attrelid = key.indrelid and col.attnum = any (key.indkey)
      ) = expected.key_columns
)
