-- One row per UTC hour and event type with far more or far fewer events than usual.
--
-- The median of the same hour of the last weeks, and the median absolute deviation from it, are not moved by single
-- odd weeks. Known incidents are told.
--
-- layer: gold
-- category: anomalies
-- why: Sudden silence or noise of a type is a fault of the feed, a change at GitHub, or news.
-- setting: volume_hours = 26  Hours back that are looked at.
-- setting: volume_weeks = 8  Earlier weeks whose same hour is compared.
-- setting: volume_min_weeks = 4  Weeks it takes to compare.
-- setting: volume_deviations = 6  Robust deviations from the median that are still fine.
-- setting: volume_min_difference = 25  Events more or less that are still fine, whatever the deviations.
with latest as (
    select date_trunc('hour', ops.checked_at() at time zone 'UTC') at time zone 'UTC' as until
),
-- What is still coming in is no silence: the last hours are left to later runs.
hours as (
    select distinct coverage.hour
    from gold.feed_coverage as coverage
    cross join latest
    where coverage.hour >= latest.until - make_interval(hours => current_setting('assay.volume_hours')::integer)
      and coverage.hour < latest.until - interval '2 hours'
),
usual_hours as (
    select hours.hour, hours.hour - make_interval(days => 7 * week) as usual_hour
    from hours
    cross join generate_series(1, current_setting('assay.volume_weeks')::integer) as week
),
-- An hour of which nothing at all was captured says nothing.
at_work as (
    select usual_hours.hour, usual_hours.usual_hour
    from usual_hours
    where exists (select 1 from gold.feed_coverage as any_type where any_type.hour = usual_hours.usual_hour)
),
types as (
    select distinct at_work.hour, coverage.event_type
    from at_work
    join gold.feed_coverage as coverage on coverage.hour in (at_work.hour, at_work.usual_hour)
),
history as (
    select types.hour, types.event_type, coalesce(coverage.captured_count, 0) as event_count
    from types
    join at_work on at_work.hour = types.hour
    left join gold.feed_coverage as coverage
        on coverage.hour = at_work.usual_hour and coverage.event_type = types.event_type
),
medians as (
    select
        hour,
        event_type,
        count(*) as week_count,
        percentile_cont(0.5) within group (order by event_count) as median
    from history
    group by hour, event_type
),
usual as (
    select
        medians.hour,
        medians.event_type,
        medians.week_count,
        medians.median,
        1.4826 * percentile_cont(0.5) within group (order by abs(history.event_count - medians.median)) as deviation
    from medians
    join history on history.hour = medians.hour and history.event_type = medians.event_type
    group by medians.hour, medians.event_type, medians.week_count, medians.median
),
judged as (
    select
        usual.*,
        coalesce(coverage.captured_count, 0) as event_count,
        -- Counts scatter by their root at least, and a tenth is never unusual.
        greatest(usual.deviation, sqrt(greatest(usual.median, 1)), usual.median / 10) as spread
    from usual
    left join gold.feed_coverage as coverage on coverage.hour = usual.hour and coverage.event_type = usual.event_type
)
select
    judged.hour,
    judged.event_type,
    judged.event_count,
    judged.median::numeric(20, 1) as usual_count,
    judged.week_count,
    round(((judged.event_count - judged.median) / judged.spread)::numeric, 1) as deviations,
    (
        select string_agg(incident.what, '; ' order by incident.started_at)
        from gold.v_incidents_by_date as incident
        where incident.date_id = to_char(judged.hour at time zone 'UTC', 'YYYYMMDD')::integer
          and (incident.end_known <> 'ongoing' or incident.started_at > judged.hour - interval '7 days')
    ) as known_incident,
    null as skipped_because
from judged
where judged.week_count >= current_setting('assay.volume_min_weeks')::integer
  and abs(judged.event_count - judged.median) > current_setting('assay.volume_deviations')::numeric * judged.spread
  and abs(judged.event_count - judged.median) >= current_setting('assay.volume_min_difference')::numeric
union all
select null, null, null, null, coalesce(max(week_count), 0), null, null, 'too few earlier weeks of these hours to compare with'
from judged
having coalesce(max(week_count), 0) < current_setting('assay.volume_min_weeks')::integer
