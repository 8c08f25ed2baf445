-- One row per column whose share of NULLs is far from what it used to be.
--
-- layer: silver
-- category: profile
-- why: A column that empties, or fills, tells of a change at GitHub or in a load before any total does.
-- setting: max_null_change_points = 15  Percentage points beyond the range of the last 30 days that are still fine.
-- setting: min_profiles = 7  Earlier profiles it takes to compare.
-- setting: min_rows = 200  Rows below which a share says nothing.
with profiles as (
    select
        table_name,
        column_name,
        profiled_at,
        sampled_count,
        100.0 * null_count / sampled_count as null_percent,
        row_number() over (partition by table_name, column_name order by profiled_at desc) as age
    from ops.column_profiles
    where sampled_count >= current_setting('assay.min_rows')::integer
      and profiled_at > ops.checked_at() - interval '30 days'
),
latest as (
    select * from profiles where age = 1 and profiled_at >= ops.checked_at() - interval '2 days'
),
before as (
    select
        table_name,
        column_name,
        count(*) as profile_count,
        percentile_cont(0.5) within group (order by null_percent) as usual_percent,
        max(null_percent) as highest_percent,
        min(null_percent) as lowest_percent
    from profiles
    where age > 1
    group by table_name, column_name
)
select
    latest.table_name,
    latest.column_name,
    round(latest.null_percent, 1) as null_percent,
    round(before.usual_percent::numeric, 1) as usual_null_percent,
    before.profile_count as earlier_profiles,
    null as skipped_because
from latest
join before using (table_name, column_name)
where before.profile_count >= current_setting('assay.min_profiles')::integer
  and (
    latest.null_percent > before.highest_percent + current_setting('assay.max_null_change_points')::numeric
    or latest.null_percent < before.lowest_percent - current_setting('assay.max_null_change_points')::numeric
  )
union all
select null, null, null, null, coalesce(max(profile_count), 0), 'too few earlier profiles of enough rows to compare with'
from before
having coalesce(max(profile_count), 0) < current_setting('assay.min_profiles')::integer
