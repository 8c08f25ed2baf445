-- One row: of events in a span, of all types or of one, how many there are at least and about how many, as the marts have counted
-- them by the hour: a day is a few rows, however much happened.
--
-- $1 since, $2 until, $3 event type: each NULL for no such filter.
with hours as (
    select
        hour,
        event_count,
        ($1::timestamptz is null or hour >= $1::timestamptz) and ($2::timestamptz is null or hour + interval '1 hour' <= $2::timestamptz) as is_whole
    from gold.mart_event_counts
    where ($1::timestamptz is null or hour > $1::timestamptz - interval '1 hour')
      and ($2::timestamptz is null or hour < $2::timestamptz)
      and ($3::text is null or event_type = $3::text)
      -- The marts outlive the facts.
      and not hour <@ (select ops.dropped_times('gold.fact_events'))
),
counted as (
    select
        coalesce(sum(event_count) filter (where is_whole), 0) as whole,
        -- Of an hour that the span cuts, as much as it takes of it.
        coalesce(sum(
            event_count * extract(epoch from least(hour + interval '1 hour', $2::timestamptz) - greatest(hour, $1::timestamptz)) / 3600
        ) filter (where not is_whole), 0) as cut
    from hours
)
select whole::bigint as at_least, round(whole + cut)::bigint as about
from counted;
