-- One row per bucket of a span, oldest first: how many events of which type, and what share of all that is.
--
-- $1 since, $2 until, $3 hour or day, $4 bots: include, exclude or only. The span begins and ends with a bucket.
-- A bucket nothing is known of is there with 0 events and no rate.
with
counts as (
    select
        date_trunc($3, hour, 'UTC') as bucket,
        event_type,
        sum(case $4::text when 'exclude' then event_count - bot_event_count when 'only' then bot_event_count else event_count end)::bigint as event_count
    from gold.mart_event_counts
    where hour >= $1::timestamptz
      and hour < $2::timestamptz
    group by bucket, event_type
),
activity as (
    select
        bucket,
        sum(event_count)::bigint as total,
        jsonb_object_agg(event_type, event_count) as types
    from counts
    where event_count > 0
    group by bucket
),
coverage as (
    select hour as bucket, capture_rate, capture_rate_low, capture_rate_high
    from gold.v_coverage_hourly
    where $3 = 'hour'
      and day between ($1::timestamptz at time zone 'UTC')::date and ($2::timestamptz at time zone 'UTC')::date
    union all
    select day::timestamp at time zone 'UTC', capture_rate, capture_rate_low, capture_rate_high
    from gold.v_coverage_daily
    where $3 = 'day'
      and day between ($1::timestamptz at time zone 'UTC')::date and ($2::timestamptz at time zone 'UTC')::date
)
select
    buckets.bucket as time,
    coalesce(activity.total, 0) as total,
    coalesce(activity.types, '{}') as types,
    coverage.capture_rate,
    coverage.capture_rate_low as capture_low,
    coverage.capture_rate_high as capture_high
from generate_series($1::timestamptz, $2::timestamptz - interval '1 microsecond', ('1 ' || $3)::interval, 'UTC') as buckets (bucket)
left join activity on activity.bucket = buckets.bucket
left join coverage on coverage.bucket = buckets.bucket
order by buckets.bucket;
