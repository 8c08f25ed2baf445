-- One row per UTC month of which the marts have anything.
create or replace view gold.v_monthly_activity as
with accounts as (
    select
        date_trunc('month', day.date_day::timestamp)::date as month,
        actor_id,
        sum(event_count) as event_count,
        sum(bot_event_count) as bot_event_count,
        sum(contribution_count) as contribution_count
    from gold.mart_activity
    join gold.dim_date as day on day.date_id = mart_activity.date_id
    group by 1, actor_id
),
activity as (
    select
        month,
        sum(event_count)::bigint as event_count,
        sum(bot_event_count)::bigint as bot_event_count,
        coalesce(sum(event_count) filter (where actor_id = -1), 0)::bigint as unidentified_event_count,
        count(*) filter (where actor_id <> -1 and bot_event_count = 0) as actor_count,
        count(*) filter (where actor_id <> -1 and bot_event_count = 0 and contribution_count > 0) as contributor_count,
        count(*) filter (where actor_id <> -1 and bot_event_count > 0) as bot_count
    from accounts
    group by month
)
select
    activity.month,
    activity.event_count,
    activity.bot_event_count,
    activity.unidentified_event_count,
    activity.actor_count,
    activity.contributor_count,
    activity.bot_count,
    coverage.capture_rate,
    coverage.capture_rate_low,
    coverage.capture_rate_high
from activity
left join lateral (
    select capture_rate, capture_rate_low, capture_rate_high
    from gold.v_coverage_monthly
    where month = activity.month
    -- Asked once a month, not for all of the history.
    offset 0
) as coverage on true;
comment on view gold.v_monthly_activity is 'One row per UTC month: how many accounts were active, with the capture rate of the month.';
comment on column gold.v_monthly_activity.month is 'First day of the UTC month.';
comment on column gold.v_monthly_activity.event_count is 'Events.';
comment on column gold.v_monthly_activity.bot_event_count is 'Of them, those of logins that end in [bot].';
comment on column gold.v_monthly_activity.unidentified_event_count is 'Events that came without the id of an account: those who made them are in no count of accounts.';
comment on column gold.v_monthly_activity.actor_count is 'Different accounts with an id that did anything, bots apart.';
comment on column gold.v_monthly_activity.contributor_count is 'Of them, those who contributed: see gold.is_contribution.';
comment on column gold.v_monthly_activity.bot_count is 'Different bots.';
comment on column gold.v_monthly_activity.capture_rate is 'The share of the month''s events that the warehouse has, from 0 to 1; NULL when nothing can be said. See gold.v_coverage_monthly.';
comment on column gold.v_monthly_activity.capture_rate_low is 'Lower end of its 95 % interval.';
comment on column gold.v_monthly_activity.capture_rate_high is 'Upper end of its 95 % interval.';

-- One row per repository and UTC month in which any account but a bot did anything there.
--
-- First-time is who had not contributed to the repository in any earlier month that the warehouse has: an event that comes in
-- late makes a contributor returning who was taken for new. In the first months of a warehouse nearly everybody is new to it.
-- Who contributed first when is looked up in all of the history, in one pass: the fewer repositories are asked for, the less.
create or replace view gold.v_contributors as
with accounts as (
    select
        date_trunc('month', day.date_day::timestamp)::date as month,
        to_char(date_trunc('month', day.date_day::timestamp), 'YYYYMMDD')::integer as first_date_id,
        repo_id,
        actor_id,
        sum(contribution_count) as contribution_count
    from gold.mart_activity
    join gold.dim_date as day on day.date_id = mart_activity.date_id
    where repo_id <> -1 and actor_id <> -1
    group by 1, 2, repo_id, actor_id
    having sum(bot_event_count) = 0
),
firsts as (
    select repo_id, actor_id, min(date_id) as date_id
    from gold.mart_activity
    where contribution_count > 0
    group by repo_id, actor_id
),
judged as (
    select accounts.*, coalesce(firsts.date_id < accounts.first_date_id, false) as is_returning
    from accounts
    left join firsts on firsts.repo_id = accounts.repo_id and firsts.actor_id = accounts.actor_id
),
counted as (
    select
        month,
        repo_id,
        count(*) as actor_count,
        count(*) filter (where contribution_count > 0) as contributor_count,
        count(*) filter (where contribution_count > 0 and not is_returning) as first_time_count,
        count(*) filter (where contribution_count > 0 and is_returning) as returning_count,
        sum(contribution_count)::bigint as contribution_count
    from judged
    group by month, repo_id
)
select
    counted.month,
    counted.repo_id,
    repo.repo_name,
    counted.actor_count,
    counted.contributor_count,
    counted.first_time_count,
    counted.returning_count,
    counted.contribution_count,
    coverage.capture_rate,
    coverage.capture_rate_low,
    coverage.capture_rate_high
from counted
left join gold.dim_repos as repo on repo.repo_id = counted.repo_id
left join gold.v_coverage_monthly as coverage on coverage.month = counted.month;
comment on view gold.v_contributors is 'One row per repository and UTC month in which any account but a bot did anything there: how many were active, how many contributed, and how many of these for the first time. Bots, and events without an account''s id, are not counted.';
comment on column gold.v_contributors.month is 'First day of the UTC month.';
comment on column gold.v_contributors.repo_id is 'GitHub''s id of the repository.';
comment on column gold.v_contributors.repo_name is 'Latest known name.';
comment on column gold.v_contributors.actor_count is 'Different accounts that did anything there, be it to give a star.';
comment on column gold.v_contributors.contributor_count is 'Of them, those that contributed: see gold.is_contribution.';
comment on column gold.v_contributors.first_time_count is 'Of the contributors, those of whom the warehouse has no contribution to the repository from an earlier month.';
comment on column gold.v_contributors.returning_count is 'Of the contributors, the others.';
comment on column gold.v_contributors.contribution_count is 'Contributions.';
comment on column gold.v_contributors.capture_rate is 'The share of the month''s events that the warehouse has, from 0 to 1; NULL when nothing can be said. See gold.v_coverage_monthly.';
comment on column gold.v_contributors.capture_rate_low is 'Lower end of its 95 % interval.';
comment on column gold.v_contributors.capture_rate_high is 'Upper end of its 95 % interval.';
