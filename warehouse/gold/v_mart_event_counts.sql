-- How many events of each type, with the share of what happened that the warehouse has.

-- One row per UTC hour and event type of which the warehouse has anything.
create or replace view gold.v_hourly_event_counts as
select
    counts.hour,
    (counts.hour at time zone 'UTC')::date as date_day,
    counts.event_type,
    counts.event_count,
    counts.bot_event_count,
    coverage.estimated_total,
    coverage.capture_rate,
    coverage.capture_rate_low,
    coverage.capture_rate_high
from gold.mart_event_counts as counts
left join gold.feed_coverage as coverage on coverage.hour = counts.hour and coverage.event_type = counts.event_type;
comment on view gold.v_hourly_event_counts is 'One row per UTC hour and event type: how many events, and what share of those that happened. The sum of event_count is that of gold.fact_events, and stays when retention drops facts.';
comment on column gold.v_hourly_event_counts.hour is 'Start of the UTC hour.';
comment on column gold.v_hourly_event_counts.date_day is 'UTC day.';
comment on column gold.v_hourly_event_counts.event_type is 'GitHub''s type, such as PushEvent.';
comment on column gold.v_hourly_event_counts.event_count is 'Events the warehouse has.';
comment on column gold.v_hourly_event_counts.bot_event_count is 'Of them, those of logins that end in [bot].';
comment on column gold.v_hourly_event_counts.estimated_total is 'Events that happened, by estimate; NULL when nothing can be said, see gold.feed_coverage.reason.';
comment on column gold.v_hourly_event_counts.capture_rate is 'The share of them that the warehouse has, from 0 to 1; NULL when nothing can be said.';
comment on column gold.v_hourly_event_counts.capture_rate_low is 'Lower end of its 95 % interval.';
comment on column gold.v_hourly_event_counts.capture_rate_high is 'Upper end of its 95 % interval.';

-- One row per UTC day and event type of which the warehouse has anything.
create or replace view gold.v_daily_event_counts as
with counts as (
    select
        (hour at time zone 'UTC')::date as date_day,
        event_type,
        sum(event_count)::bigint as event_count,
        sum(bot_event_count)::bigint as bot_event_count
    from gold.mart_event_counts
    group by 1, event_type
)
select
    counts.date_day,
    counts.event_type,
    counts.event_count,
    counts.bot_event_count,
    coverage.estimated_total,
    coverage.capture_rate,
    coverage.capture_rate_low,
    coverage.capture_rate_high
from counts
left join gold.v_coverage_daily_by_type as coverage on coverage.day = counts.date_day and coverage.event_type = counts.event_type;
comment on view gold.v_daily_event_counts is 'One row per UTC day and event type: how many events, and what share of those that happened.';
comment on column gold.v_daily_event_counts.date_day is 'UTC day.';
comment on column gold.v_daily_event_counts.event_type is 'GitHub''s type, such as PushEvent.';
comment on column gold.v_daily_event_counts.event_count is 'Events the warehouse has.';
comment on column gold.v_daily_event_counts.bot_event_count is 'Of them, those of logins that end in [bot].';
comment on column gold.v_daily_event_counts.estimated_total is 'Events that happened, by estimate; NULL when nothing can be said.';
comment on column gold.v_daily_event_counts.capture_rate is 'The share of them that the warehouse has, from 0 to 1; NULL when nothing can be said.';
comment on column gold.v_daily_event_counts.capture_rate_low is 'Lower end of its 95 % interval.';
comment on column gold.v_daily_event_counts.capture_rate_high is 'Upper end of its 95 % interval.';
