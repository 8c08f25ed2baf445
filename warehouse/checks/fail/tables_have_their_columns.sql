-- One row per column that is missing, or has another type or nullability than it should.
--
-- layer: ops
-- category: schema
-- why: Every load and every query rests on these columns. A change by hand breaks them later, and elsewhere.
with expected (table_name, column_name, data_type, is_required) as (
    values
        ('bronze.raw_events', 'event_id', 'text', true),
        ('bronze.raw_events', 'event_type', 'text', true),
        ('bronze.raw_events', 'created_at', 'timestamp with time zone', false),
        ('bronze.raw_events', 'ingested_at', 'timestamp with time zone', true),
        ('bronze.raw_events', 'source', 'text', true),
        ('bronze.raw_events', 'payload', 'jsonb', true),
        ('silver.events', 'event_id', 'text', true),
        ('silver.events', 'event_type', 'text', true),
        ('silver.events', 'event_time', 'timestamp with time zone', false),
        ('silver.events', 'ingested_at', 'timestamp with time zone', true),
        ('silver.events', 'processed_at', 'timestamp with time zone', true),
        ('silver.events', 'actor_id', 'text', false),
        ('silver.events', 'actor_login', 'text', false),
        ('silver.events', 'is_bot', 'boolean', false),
        ('silver.events', 'repo_id', 'text', false),
        ('silver.events', 'repo_name', 'text', false),
        ('gold.fact_events', 'event_id', 'text', true),
        ('gold.fact_events', 'date_id', 'integer', true),
        ('gold.fact_events', 'actor_id', 'bigint', true),
        ('gold.fact_events', 'repo_id', 'bigint', true),
        ('gold.fact_events', 'event_type', 'text', true),
        ('gold.fact_events', 'event_time', 'timestamp with time zone', true),
        ('gold.fact_events', 'event_hour', 'smallint', true),
        ('gold.fact_events', 'silver_processed_at', 'timestamp with time zone', true),
        ('gold.dim_actors', 'actor_id', 'bigint', true),
        ('gold.dim_actors', 'actor_login', 'text', true),
        ('gold.dim_repos', 'repo_id', 'bigint', true),
        ('gold.dim_repos', 'repo_name', 'text', true),
        ('gold.dim_event_types', 'event_type', 'text', true),
        ('gold.dim_date', 'date_id', 'integer', true),
        ('gold.dim_date', 'date_day', 'date', true)
)
select
    expected.*,
    format_type(found.atttypid, found.atttypmod) as found_type,
    found.attnotnull as found_required
from expected
left join pg_attribute as found
    on found.attrelid = to_regclass(expected.table_name)
    and found.attname = expected.column_name
    and found.attnum > 0
    and not found.attisdropped
where found.attname is null
   or format_type(found.atttypid, found.atttypmod) <> expected.data_type
   or found.attnotnull <> expected.is_required
