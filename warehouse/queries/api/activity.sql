-- One row per bucket of a span, oldest first: how many events of which type, and what share of all that is.
--
-- $1 since, $2 until, $3 hour or day, $4 bots: include, exclude or only. The span begins and ends with a bucket.
-- A bucket nothing is known of is there with 0 events and no rate.
with
-- Arrays of types and counts by bucket; the days let the index find the facts.
counts as (
    select
        date_trunc($3, fact.event_time, 'UTC') as bucket,
        fact.event_type,
        count(*) as event_count
    from gold.fact_events as fact
    join gold.dim_actors as actor on actor.actor_id = fact.actor_id
    where fact.date_id between to_char($1::timestamptz at time zone 'UTC', 'YYYYMMDD')::integer
            and to_char($2::timestamptz at time zone 'UTC', 'YYYYMMDD')::integer
      and fact.event_time >= $1::timestamptz
      and fact.event_time < $2::timestamptz
      and case $4::text when 'exclude' then actor.is_bot is not true when 'only' then actor.is_bot is true else true end
    group by bucket, fact.event_type
),
activity as (
    select
        bucket,
        sum(event_count)::bigint as total,
        jsonb_object_agg(event_type, event_count) as types
    from counts
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
