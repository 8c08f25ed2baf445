-- One row per UTC day with events: how much happened, who did it, and what share of it the warehouse has.
create or replace view gold.v_overall_daily_activity as
with days as (
    select
        date_day,
        count(*) as event_count,
        count(distinct actor_id) filter (where actor_id <> -1) as user_count,
        count(distinct repo_id) filter (where repo_id <> -1) as repo_count,
        count(*) filter (where is_bot) as bot_event_count,
        count(*) filter (where is_bot is null) as unknown_event_count
    from gold.v_events
    group by date_day
)
select
    days.date_day,
    days.event_count,
    days.user_count,
    days.repo_count,
    days.bot_event_count,
    days.unknown_event_count,
    round(days.bot_event_count::numeric / nullif(days.event_count - days.unknown_event_count, 0), 4) as bot_share,
    coverage.estimated_total,
    coverage.capture_rate,
    coverage.capture_rate_low,
    coverage.capture_rate_high,
    coverage.is_final,
    coverage.incidents
from days
left join gold.v_coverage_daily as coverage on coverage.day = days.date_day;
comment on view gold.v_overall_daily_activity is 'How much happened per UTC day, how much of it bots did, and what share of what happened the warehouse has. One row per day with events.';
comment on column gold.v_overall_daily_activity.date_day is 'UTC day.';
comment on column gold.v_overall_daily_activity.event_count is 'Events the warehouse has.';
comment on column gold.v_overall_daily_activity.user_count is 'Different accounts, bots too, without those of which no id is known.';
comment on column gold.v_overall_daily_activity.repo_count is 'Different repositories, without those of which no id is known.';
comment on column gold.v_overall_daily_activity.bot_event_count is 'Events by accounts whose login ends in [bot].';
comment on column gold.v_overall_daily_activity.unknown_event_count is 'Events by accounts of which no login is known.';
comment on column gold.v_overall_daily_activity.bot_share is 'bot_event_count as a share, from 0 to 1, of the events whose login is known; NULL when none is.';
comment on column gold.v_overall_daily_activity.estimated_total is 'Events that happened, by estimate; NULL when nothing can be said.';
comment on column gold.v_overall_daily_activity.capture_rate is 'Captured as a share of what happened, from 0 to 1; NULL when nothing can be said. See gold.v_coverage_daily.';
comment on column gold.v_overall_daily_activity.capture_rate_low is 'Lower end of the 95 % interval of the capture rate.';
comment on column gold.v_overall_daily_activity.capture_rate_high is 'Upper end of the 95 % interval of the capture rate.';
comment on column gold.v_overall_daily_activity.is_final is 'Whether nothing more is expected of the day; NULL while coverage has not looked at it.';
comment on column gold.v_overall_daily_activity.incidents is 'Known incidents of GitHub or its archives that touch the day; NULL while coverage has not looked at it.';
