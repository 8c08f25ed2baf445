-- One row per column: its latest profile.
with last_profile as (
    select max(profiled_at) as profiled_at from ops.column_profiles
)
select
    profile.table_name,
    profile.column_name,
    profile.profiled_at,
    profile.sampled_count,
    profile.null_count,
    profile.distinct_count,
    profile.min_value,
    profile.max_value,
    profile.mean_value
from ops.column_profiles as profile
join last_profile on last_profile.profiled_at = profile.profiled_at
left join pg_attribute as col
    on col.attrelid = to_regclass(profile.table_name)
    and col.attname = profile.column_name
order by
    array_position(array['bronze.raw_events', 'silver.events', 'gold.fact_events', 'gold.dim_actors', 'gold.dim_repos'], profile.table_name),
    col.attnum;
