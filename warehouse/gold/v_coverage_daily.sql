-- Days and months. In all of these views the rate and the estimate are of the strata that have one; unestimated_count says
-- how many captured events lie in others. hour_count says of how many hours there is anything: a whole hour that nobody
-- saw is in no estimate.

-- One row per UTC day and event type.
create or replace view gold.v_coverage_daily_by_type as
with hours as (
    select day, event_type, count(*) as hour_count, sum(captured_count)::bigint as captured_count, sum(own_count)::bigint as own_count, sum(archive_count)::bigint as archive_count
    from gold.coverage_hours
    group by day, event_type
),
strata as (
    select
        day,
        event_type,
        sum(captured_count) filter (where estimated_total is not null) as estimated_captured_count,
        sum(estimated_total) as total,
        sum(estimated_total) - sqrt(sum((estimated_total - estimated_low) ^ 2)) as low,
        sum(estimated_total) + sqrt(sum((estimated_high - estimated_total) ^ 2)) as high
    from gold.coverage_strata
    where event_type is not null
    group by day, event_type
)
select
    hours.day,
    to_char(hours.day, 'YYYYMMDD')::integer as date_id,
    hours.event_type,
    hours.hour_count,
    hours.captured_count,
    hours.own_count,
    hours.archive_count,
    hours.captured_count - coalesce(estimated_captured_count, 0)::bigint as unestimated_count,
    round(total) as estimated_total,
    round(greatest(low, estimated_captured_count)) as estimated_low,
    round(high) as estimated_high,
    round(estimated_captured_count / total, 4) as capture_rate,
    round(estimated_captured_count / high, 4) as capture_rate_low,
    round(estimated_captured_count / greatest(low, estimated_captured_count), 4) as capture_rate_high
from hours
left join strata on strata.day = hours.day and strata.event_type = hours.event_type;
comment on view gold.v_coverage_daily_by_type is 'One row per UTC day and event type of which anything was captured, with the combined 95 % interval.';
comment on column gold.v_coverage_daily_by_type.day is 'UTC day.';
comment on column gold.v_coverage_daily_by_type.date_id is 'The day as YYYYMMDD.';
comment on column gold.v_coverage_daily_by_type.event_type is 'GitHub''s type, such as PushEvent.';
comment on column gold.v_coverage_daily_by_type.hour_count is 'Hours of which anything was captured: a whole hour that nobody saw is in no estimate.';
comment on column gold.v_coverage_daily_by_type.captured_count is 'Distinct events the warehouse has.';
comment on column gold.v_coverage_daily_by_type.own_count is 'Of them, those our own polls of the public feed showed.';
comment on column gold.v_coverage_daily_by_type.archive_count is 'Of them, those any archive showed.';
comment on column gold.v_coverage_daily_by_type.unestimated_count is 'Captured events of hours and types without an estimate: they are in no rate.';
comment on column gold.v_coverage_daily_by_type.estimated_total is 'Events that happened, by estimate; NULL when nothing can be said.';
comment on column gold.v_coverage_daily_by_type.estimated_low is 'Lower end of the 95 % interval of the estimate.';
comment on column gold.v_coverage_daily_by_type.estimated_high is 'Upper end of the 95 % interval of the estimate.';
comment on column gold.v_coverage_daily_by_type.capture_rate is 'Captured as a share of what happened, from 0 to 1, of the hours and types that have an estimate.';
comment on column gold.v_coverage_daily_by_type.capture_rate_low is 'Lower end of the 95 % interval of the capture rate.';
comment on column gold.v_coverage_daily_by_type.capture_rate_high is 'Upper end of the 95 % interval of the capture rate.';

-- One row per UTC day.
--
-- The two sides are put under each other and grouped, not joined: a condition on the day reaches both, so that a few days cost
-- the same however long the history. The incidents of a day are looked up for the days that are left.
create or replace view gold.v_coverage_daily as
with sides as (
    select
        day,
        count(distinct hour) as hour_count,
        sum(captured_count)::bigint as captured_count,
        sum(own_count)::bigint as own_count,
        sum(archive_count)::bigint as archive_count,
        null::numeric as estimated_captured_count,
        null::numeric as total,
        null::numeric as low,
        null::numeric as high
    from gold.coverage_hours
    group by day
    union all
    select
        day,
        null,
        null,
        null,
        null,
        sum(captured_count) filter (where estimated_total is not null),
        sum(estimated_total),
        sum(estimated_total) - sqrt(sum((estimated_total - estimated_low) ^ 2)),
        sum(estimated_total) + sqrt(sum((estimated_high - estimated_total) ^ 2))
    from gold.coverage_strata
    group by day
),
days as (
    select
        day,
        max(hour_count) as hour_count,
        max(captured_count) as captured_count,
        max(own_count) as own_count,
        max(archive_count) as archive_count,
        max(estimated_captured_count) as estimated_captured_count,
        max(total) as total,
        max(low) as low,
        max(high) as high
    from sides
    group by day
)
select
    days.day,
    to_char(days.day, 'YYYYMMDD')::integer as date_id,
    days.hour_count,
    days.captured_count,
    days.own_count,
    days.archive_count,
    days.captured_count - coalesce(estimated_captured_count, 0)::bigint as unestimated_count,
    round(total) as estimated_total,
    round(greatest(low, estimated_captured_count)) as estimated_low,
    round(high) as estimated_high,
    round(estimated_captured_count / total, 4) as capture_rate,
    round(estimated_captured_count / high, 4) as capture_rate_low,
    round(estimated_captured_count / greatest(low, estimated_captured_count), 4) as capture_rate_high,
    (days.day + 1)::timestamp at time zone 'UTC' - interval '1 hour' <= gold.coverage_settled_until() as is_final,
    coalesce(
        (
            select array_agg(what order by started_at, incident_id)
            from gold.v_incidents_by_date
            where date_day = days.day
        ),
        '{}'
    ) as incidents
from days;
comment on view gold.v_coverage_daily is 'One row per UTC day of which anything was captured: all types together, with the combined 95 % interval and the incidents known of that day.';
comment on column gold.v_coverage_daily.day is 'UTC day.';
comment on column gold.v_coverage_daily.date_id is 'The day as YYYYMMDD.';
comment on column gold.v_coverage_daily.captured_count is 'Distinct events the warehouse has.';
comment on column gold.v_coverage_daily.own_count is 'Of them, those our own polls of the public feed showed.';
comment on column gold.v_coverage_daily.archive_count is 'Of them, those any archive showed.';
comment on column gold.v_coverage_daily.estimated_total is 'Events that happened, by estimate; NULL when nothing can be said.';
comment on column gold.v_coverage_daily.estimated_low is 'Lower end of the 95 % interval of the estimate.';
comment on column gold.v_coverage_daily.estimated_high is 'Upper end of the 95 % interval of the estimate.';
comment on column gold.v_coverage_daily.capture_rate is 'Captured as a share of what happened, from 0 to 1, of the hours and types that have an estimate.';
comment on column gold.v_coverage_daily.capture_rate_low is 'Lower end of the 95 % interval of the capture rate.';
comment on column gold.v_coverage_daily.capture_rate_high is 'Upper end of the 95 % interval of the capture rate.';
comment on column gold.v_coverage_daily.is_final is 'Whether nothing more is expected of it: events may appear hours late.';
comment on column gold.v_coverage_daily.incidents is 'Known incidents of GitHub or its archives that touch the day.';
comment on column gold.v_coverage_daily.hour_count is 'Hours of the day of which anything was captured: a whole hour that nobody saw is in no estimate.';
comment on column gold.v_coverage_daily.unestimated_count is 'Captured events of hours and types without an estimate: they are in no rate.';

-- One row per UTC month.
create or replace view gold.v_coverage_monthly as
with hours as (
    select date_trunc('month', day::timestamp)::date as month, count(distinct hour) as hour_count, sum(captured_count)::bigint as captured_count
    from gold.coverage_hours
    group by date_trunc('month', day::timestamp)::date
),
strata as (
    select
        date_trunc('month', day::timestamp)::date as month,
        sum(captured_count) filter (where estimated_total is not null) as estimated_captured_count,
        sum(estimated_total) as total,
        sum(estimated_total) - sqrt(sum((estimated_total - estimated_low) ^ 2)) as low,
        sum(estimated_total) + sqrt(sum((estimated_high - estimated_total) ^ 2)) as high
    from gold.coverage_strata
    group by date_trunc('month', day::timestamp)::date
)
select
    hours.month,
    hours.hour_count,
    hours.captured_count,
    hours.captured_count - coalesce(estimated_captured_count, 0)::bigint as unestimated_count,
    round(total) as estimated_total,
    round(greatest(low, estimated_captured_count)) as estimated_low,
    round(high) as estimated_high,
    round(estimated_captured_count / total, 4) as capture_rate,
    round(estimated_captured_count / high, 4) as capture_rate_low,
    round(estimated_captured_count / greatest(low, estimated_captured_count), 4) as capture_rate_high
from hours
left join strata on strata.month = hours.month;
comment on view gold.v_coverage_monthly is 'One row per UTC month of which anything was captured: all types together, with the combined 95 % interval.';
comment on column gold.v_coverage_monthly.month is 'First day of the UTC month.';
comment on column gold.v_coverage_monthly.hour_count is 'Hours of which anything was captured: a whole hour that nobody saw is in no estimate.';
comment on column gold.v_coverage_monthly.captured_count is 'Distinct events the warehouse has.';
comment on column gold.v_coverage_monthly.unestimated_count is 'Captured events of hours and types without an estimate: they are in no rate.';
comment on column gold.v_coverage_monthly.estimated_total is 'Events that happened, by estimate; NULL when nothing can be said.';
comment on column gold.v_coverage_monthly.estimated_low is 'Lower end of the 95 % interval of the estimate.';
comment on column gold.v_coverage_monthly.estimated_high is 'Upper end of the 95 % interval of the estimate.';
comment on column gold.v_coverage_monthly.capture_rate is 'Captured as a share of what happened, from 0 to 1, of the hours and types that have an estimate.';
comment on column gold.v_coverage_monthly.capture_rate_low is 'Lower end of the 95 % interval of the capture rate.';
comment on column gold.v_coverage_monthly.capture_rate_high is 'Upper end of the 95 % interval of the capture rate.';
