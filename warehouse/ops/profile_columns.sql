-- Takes a profile of the newest rows of each layer, as many as `sample_size`, so that it costs the same whatever the
-- history. Dimensions: the rows that the newest facts point to. JSON payloads are learned elsewhere, see
-- ops.learn_payload_fields.
create or replace function ops.profile_columns(sample_size integer, as_of timestamptz) returns bigint
language plpgsql as $$
declare
    row_count bigint;
begin
    with
    facts as materialized (
        select * from gold.fact_events
        where silver_processed_at >= (
            select min(newest.processed_at)
            from (select processed_at from silver.events order by processed_at desc limit sample_size) as newest
        )
        limit sample_size
    ),
    sampled as (
        select 'bronze.raw_events' as table_name, to_jsonb(newest) as fields
        from (
            select event_id, event_type, created_at, ingested_at, source
            from bronze.raw_events
            order by ingested_at desc
            limit sample_size
        ) as newest
        union all
        select 'silver.events', to_jsonb(newest)
        from (select * from silver.events order by processed_at desc limit sample_size) as newest
        union all
        select 'gold.fact_events', to_jsonb(facts) from facts
        union all
        select 'gold.dim_actors', to_jsonb(actor)
        from gold.dim_actors as actor
        where actor.actor_id in (select actor_id from facts)
        union all
        select 'gold.dim_repos', to_jsonb(repo)
        from gold.dim_repos as repo
        where repo.repo_id in (select repo_id from facts)
    ),
    fields as (
        select
            sampled.table_name,
            field.key as column_name,
            jsonb_typeof(field.value) as json_type,
            left(field.value #>> '{}', 200) collate "C" as value
        from sampled
        cross join lateral jsonb_each(sampled.fields) as field
    ),
    profiled as (
        insert into ops.column_profiles (
            table_name, column_name, profiled_at, sampled_count, null_count, distinct_count, min_value, max_value, mean_value
        )
        select
            table_name,
            column_name,
            as_of,
            count(*),
            count(*) filter (where value is null),
            count(distinct value),
            case
                when bool_or(json_type = 'number') then min(value::numeric) filter (where json_type = 'number')::text
                else left(min(value), 100)
            end,
            case
                when bool_or(json_type = 'number') then max(value::numeric) filter (where json_type = 'number')::text
                else left(max(value), 100)
            end,
            case
                when bool_or(json_type = 'number') then avg(value::numeric) filter (where json_type = 'number')
                when bool_or(json_type = 'boolean') then avg((value = 'true')::integer)
            end
        from fields
        group by table_name, column_name
        on conflict do nothing
        returning 1
    )
    select count(*) into row_count from profiled;
    return row_count;
end;
$$;
comment on function ops.profile_columns(integer, timestamptz) is 'Takes a profile of the newest rows of each layer: nulls, distinct values, smallest, largest and mean.';
