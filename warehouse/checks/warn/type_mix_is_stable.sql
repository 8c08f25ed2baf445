-- One row per UTC day whose mix of event types is unlike that of the weeks before.
--
-- layer: gold
-- category: distribution shift
-- why: The first page of the feed turning to pushes in May 2025 halved every other figure. A shift of the mix shows such things at once.
-- setting: max_mix_shift = 0.25  Population stability index that is still fine.
-- setting: mix_min_days = 7  Days it takes to compare.
-- setting: mix_min_events = 1000  Events of the day below which its mix says nothing.
with counted as (
    select (hour at time zone 'UTC')::date as day, event_type, sum(captured_count) as event_count
    from gold.feed_coverage
    where hour >= ops.checked_at() - interval '31 days'
      and hour < date_trunc('day', ops.checked_at() at time zone 'UTC') at time zone 'UTC'
    group by (hour at time zone 'UTC')::date, event_type
),
last_day as (
    select max(day) as day from counted where day >= (ops.checked_at() at time zone 'UTC')::date - 2
),
compared as (
    select
        counted.event_type,
        coalesce(sum(event_count) filter (where counted.day = last_day.day), 0) as now_count,
        coalesce(sum(event_count) filter (where counted.day < last_day.day), 0) as before_count
    from counted
    cross join last_day
    group by counted.event_type
),
shares as (
    select
        event_type,
        (now_count + 0.5) / (sum(now_count) over () + 0.5 * count(*) over ()) as now_share,
        (before_count + 0.5) / (sum(before_count) over () + 0.5 * count(*) over ()) as before_share,
        sum(now_count) over () as now_total
    from compared
),
-- Population stability index: 0 for equal mixes; above 0.25 is commonly read as a shift.
judged as (
    select
        sum((now_share - before_share) * ln(now_share / before_share)) as stability_index,
        max(now_total) as now_total,
        (array_agg(event_type order by abs((now_share - before_share) * ln(now_share / before_share)) desc))[1] as moved_most,
        (array_agg(round(100 * before_share, 1) order by abs((now_share - before_share) * ln(now_share / before_share)) desc))[1] as percent_before,
        (array_agg(round(100 * now_share, 1) order by abs((now_share - before_share) * ln(now_share / before_share)) desc))[1] as percent_now
    from shares
),
history as (
    select count(distinct counted.day) as day_count from counted cross join last_day where counted.day < last_day.day
)
select last_day.day, judged.now_total as event_count, round(judged.stability_index, 3) as stability_index, judged.moved_most, judged.percent_before, judged.percent_now, null as skipped_because
from judged
cross join last_day
cross join history
where history.day_count >= current_setting('assay.mix_min_days')::integer
  and judged.now_total >= current_setting('assay.mix_min_events')::integer
  and judged.stability_index > current_setting('assay.max_mix_shift')::numeric
union all
select null, null, null, null, null, null, 'too few events of yesterday, or too few days before, to compare'
from history
cross join judged
where history.day_count < current_setting('assay.mix_min_days')::integer
   or coalesce(judged.now_total, 0) < current_setting('assay.mix_min_events')::integer
