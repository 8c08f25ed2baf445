-- One row per UTC hour: all types together.
--
-- The rate and the estimate are of the strata that have one; unestimated_count says how many captured events lie in
-- others. To read a few days only, ask by day.
create or replace view gold.v_coverage_hourly as
with placed as not materialized (
    select
        *,
        list_one is null or (expected_overlap >= 20 and estimated_total is not null) as stands_alone
    from gold.coverage_hours
),
-- Types too small in the hour to stand alone are pooled.
pools as (
    select
        hour,
        day,
        sum(captured_count)::bigint as captured_count,
        sum(own_count)::bigint as own_count,
        sum(archive_count)::bigint as archive_count,
        list_one,
        list_two,
        sum(list_one_count)::bigint as list_one_count,
        sum(list_two_count)::bigint as list_two_count,
        sum(overlap_count)::bigint as overlap_count
    from placed
    where not stands_alone
    group by hour, day, list_one, list_two
),
strata as (
    select
        hour, day, captured_count, own_count, archive_count, list_one, list_two, method, reason,
        estimated_total as total, estimated_low as low, estimated_high as high
    from placed
    where stands_alone
    union all
    select
        hour, day, captured_count, own_count, archive_count, list_one, list_two, 'capture-recapture',
        'nothing was seen by both ' || list_one || ' and ' || list_two,
        case when overlap_count > 0 then greatest(chapman.total, captured_count) end,
        case when overlap_count > 0 then greatest(chapman.low, captured_count) end,
        case when overlap_count > 0 then greatest(chapman.high, captured_count) end
    from pools
    cross join lateral gold.chapman_estimate(list_one_count, list_two_count, overlap_count) as chapman
),
combined as (
    select
        hour,
        day,
        sum(captured_count)::bigint as captured_count,
        sum(own_count)::bigint as own_count,
        sum(archive_count)::bigint as archive_count,
        coalesce(sum(captured_count) filter (where total is null), 0)::bigint as unestimated_count,
        sum(captured_count) filter (where total is not null) as estimated_captured_count,
        sum(total) as total,
        sum(total) - sqrt(sum((total - low) ^ 2)) as low,
        sum(total) + sqrt(sum((high - total) ^ 2)) as high,
        coalesce(min(method) filter (where total is not null), 'none') as method,
        min(list_one) as list_one,
        min(list_two) as list_two,
        min(reason) as reason
    from strata
    group by hour, day
)
select
    hour,
    day,
    to_char(day, 'YYYYMMDD')::integer as date_id,
    captured_count,
    own_count,
    archive_count,
    unestimated_count,
    round(total) as estimated_total,
    round(greatest(low, estimated_captured_count)) as estimated_low,
    round(high) as estimated_high,
    round(estimated_captured_count / total, 4) as capture_rate,
    round(estimated_captured_count / high, 4) as capture_rate_low,
    round(estimated_captured_count / greatest(low, estimated_captured_count), 4) as capture_rate_high,
    method,
    list_one,
    list_two,
    case when total is null then reason end as reason,
    hour <= gold.coverage_settled_until() as is_final
from combined;
comment on view gold.v_coverage_hourly is 'One row per UTC hour of which anything was captured: all event types together, with the combined 95 % interval.';
comment on column gold.v_coverage_hourly.hour is 'Start of the UTC hour.';
comment on column gold.v_coverage_hourly.day is 'UTC day.';
comment on column gold.v_coverage_hourly.date_id is 'The day as YYYYMMDD.';
comment on column gold.v_coverage_hourly.captured_count is 'Distinct events the warehouse has.';
comment on column gold.v_coverage_hourly.own_count is 'Of them, those our own polls of the public feed showed.';
comment on column gold.v_coverage_hourly.archive_count is 'Of them, those any archive showed.';
comment on column gold.v_coverage_hourly.unestimated_count is 'Captured events of hours and types without an estimate: they are in no rate.';
comment on column gold.v_coverage_hourly.estimated_total is 'Events that happened, by estimate; NULL when nothing can be said.';
comment on column gold.v_coverage_hourly.estimated_low is 'Lower end of the 95 % interval of the estimate.';
comment on column gold.v_coverage_hourly.estimated_high is 'Upper end of the 95 % interval of the estimate.';
comment on column gold.v_coverage_hourly.capture_rate is 'Captured as a share of what happened, from 0 to 1, of the hours and types that have an estimate.';
comment on column gold.v_coverage_hourly.capture_rate_low is 'Lower end of the 95 % interval of the capture rate.';
comment on column gold.v_coverage_hourly.capture_rate_high is 'Upper end of the 95 % interval of the capture rate.';
comment on column gold.v_coverage_hourly.method is 'capture-recapture, poll-overlap or none.';
comment on column gold.v_coverage_hourly.list_one is 'The sources compared: one side.';
comment on column gold.v_coverage_hourly.list_two is 'The sources compared: the other side.';
comment on column gold.v_coverage_hourly.reason is 'Why there is no estimate; NULL when there is one.';
comment on column gold.v_coverage_hourly.is_final is 'Whether the hour has settled: events may appear six hours late, in the archive file of that later hour.';
