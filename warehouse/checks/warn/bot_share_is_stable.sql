-- One row when the share of bots among new events is far from what it used to be.
--
-- layer: silver
-- category: distribution shift
-- why: Bots come and go in waves that no person causes. A report that mixes them in should know.
-- setting: max_bot_change_points = 10  Percentage points from the median that are still fine.
-- setting: min_profiles = 7  Earlier profiles it takes to compare.
-- setting: min_rows = 200  Rows below which a share says nothing.
with profiles as (
    select
        profiled_at,
        100 * mean_value as bot_percent,
        sampled_count,
        row_number() over (order by profiled_at desc) as age
    from ops.column_profiles
    where table_name = 'silver.events'
      and column_name = 'is_bot'
      and mean_value is not null
      and sampled_count >= current_setting('assay.min_rows')::integer
      and profiled_at > ops.checked_at() - interval '30 days'
),
before as (
    select count(*) as profile_count, percentile_cont(0.5) within group (order by bot_percent) as median
    from profiles
    where age > 1
),
spread as (
    select 1.4826 * percentile_cont(0.5) within group (order by abs(profiles.bot_percent - before.median)) as deviation
    from profiles
    cross join before
    where profiles.age > 1
)
select
    latest.profiled_at,
    round(latest.bot_percent::numeric, 1) as bot_percent,
    round(before.median::numeric, 1) as usual_percent,
    before.profile_count as earlier_profiles,
    null as skipped_because
from profiles as latest
cross join before
cross join spread
where latest.age = 1
  and latest.profiled_at >= ops.checked_at() - interval '2 days'
  and before.profile_count >= current_setting('assay.min_profiles')::integer
  and abs(latest.bot_percent - before.median)
    > greatest(6 * spread.deviation, current_setting('assay.max_bot_change_points')::double precision)
union all
select null, null, null, profile_count, 'too few earlier profiles of enough rows to compare with'
from before
where profile_count < current_setting('assay.min_profiles')::integer
