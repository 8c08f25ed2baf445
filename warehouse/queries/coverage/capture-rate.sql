-- One row per span: now, today, this month.
--
-- What part of the public events that happened the warehouse has, by estimate, with its 95 % interval; "now" is the
-- newest hour of the last two days for which anything can be said. unestimated_count counts captured events of hours
-- and types without an estimate: they are in no rate. A span with nothing captured has no row.
with
this_day as (
    select (now() at time zone 'UTC')::date as day
),
newest_hour as (
    select
        'now' as span,
        hour as span_from,
        captured_count,
        unestimated_count,
        capture_rate,
        capture_rate_low,
        capture_rate_high,
        is_final
    from gold.v_coverage_hourly
    where day >= (select day - 1 from this_day) and capture_rate is not null
    order by hour desc
    limit 1
),
strata as (
    select * from gold.coverage_strata where day >= (select date_trunc('month', day::timestamp)::date from this_day)
),
spans as (
    select 'today' as span, day as first_day from this_day
    union all
    select 'this month', date_trunc('month', day::timestamp)::date from this_day
),
combined as (
    select
        spans.span,
        spans.first_day::timestamp at time zone 'UTC' as span_from,
        sum(captured_count)::bigint as captured_count,
        coalesce(sum(captured_count) filter (where estimated_total is null), 0)::bigint as unestimated_count,
        sum(captured_count) filter (where estimated_total is not null) as estimated_captured_count,
        sum(estimated_total) as total,
        sum(estimated_total) - sqrt(sum((estimated_total - estimated_low) ^ 2)) as low,
        sum(estimated_total) + sqrt(sum((estimated_high - estimated_total) ^ 2)) as high
    from spans
    join strata on strata.day >= spans.first_day
    group by spans.span, spans.first_day
)
select span, span_from, captured_count, unestimated_count, capture_rate, capture_rate_low, capture_rate_high, is_final
from newest_hour
union all
select
    span,
    span_from,
    captured_count,
    unestimated_count,
    round(estimated_captured_count / total, 4),
    round(estimated_captured_count / high, 4),
    round(estimated_captured_count / greatest(low, estimated_captured_count), 4),
    false
from combined
order by span_from desc, span;
