-- What happened on each UTC day: altogether, in each repository, by each account. All three read gold.mart_activity, from the
-- days asked for: restrict date_day. One repository or account is found by a probe for each day.
--
-- Joined laterally, a day at a time: its coverage is asked for once, and not for each row or for all of the history.

-- One row per UTC day of which the marts have anything.
--
-- Accounts and repositories are counted where GitHub said who and which: an event without an id (before 2015, mostly) is in
-- event_count, and in unidentified_event_count, and stands for no account.
create or replace view gold.v_daily_activity as
select
    day.date_day,
    activity.event_count,
    activity.bot_event_count,
    activity.unidentified_event_count,
    activity.actor_count,
    activity.bot_count,
    activity.repo_count,
    activity.push_count,
    activity.pull_request_opened_count,
    activity.pull_request_merged_count,
    activity.pull_request_closed_count,
    activity.issue_opened_count,
    activity.issue_closed_count,
    activity.star_count,
    activity.fork_count,
    activity.release_count,
    coverage.capture_rate,
    coverage.capture_rate_low,
    coverage.capture_rate_high
from gold.dim_date as day
cross join lateral (
    select
        sum(event_count)::bigint as event_count,
        sum(bot_event_count)::bigint as bot_event_count,
        coalesce(sum(event_count) filter (where actor_id = -1), 0)::bigint as unidentified_event_count,
        -- A bot whose login is missing in some of the day's events is a bot.
        count(distinct actor_id) filter (where actor_id <> -1)
            - count(distinct actor_id) filter (where actor_id <> -1 and bot_event_count > 0) as actor_count,
        count(distinct actor_id) filter (where actor_id <> -1 and bot_event_count > 0) as bot_count,
        count(distinct repo_id) filter (where repo_id <> -1) as repo_count,
        sum(push_count)::bigint as push_count,
        case when sum(pull_request_unknown_count) = 0 then sum(pull_request_opened_count)::bigint end as pull_request_opened_count,
        case when sum(pull_request_unknown_count) = 0 then sum(pull_request_merged_count)::bigint end as pull_request_merged_count,
        case when sum(pull_request_unknown_count) = 0 then sum(pull_request_closed_count)::bigint end as pull_request_closed_count,
        case when sum(issue_unknown_count) = 0 then sum(issue_opened_count)::bigint end as issue_opened_count,
        case when sum(issue_unknown_count) = 0 then sum(issue_closed_count)::bigint end as issue_closed_count,
        sum(star_count)::bigint as star_count,
        sum(fork_count)::bigint as fork_count,
        sum(release_count)::bigint as release_count
    from gold.mart_activity
    where mart_activity.date_id = day.date_id
    having count(*) > 0
) as activity
left join lateral (
    select capture_rate, capture_rate_low, capture_rate_high
    from gold.v_coverage_daily
    where v_coverage_daily.day = day.date_day
    offset 0
) as coverage on true;
comment on view gold.v_daily_activity is 'One row per UTC day: how much happened, by how many accounts and in how many repositories, and what share of it the warehouse has.';
comment on column gold.v_daily_activity.date_day is 'UTC day.';
comment on column gold.v_daily_activity.event_count is 'Events.';
comment on column gold.v_daily_activity.bot_event_count is 'Of them, those of logins that end in [bot].';
comment on column gold.v_daily_activity.unidentified_event_count is 'Events that came without the id of an account: those who made them are in neither count of accounts.';
comment on column gold.v_daily_activity.actor_count is 'Different accounts with an id, bots apart.';
comment on column gold.v_daily_activity.bot_count is 'Different bots.';
comment on column gold.v_daily_activity.repo_count is 'Different repositories with an id.';
comment on column gold.v_daily_activity.push_count is 'Pushes.';
comment on column gold.v_daily_activity.pull_request_opened_count is 'Pull requests opened; NULL where what an event did is not known.';
comment on column gold.v_daily_activity.pull_request_merged_count is 'Pull requests merged; NULL where what an event did is not known.';
comment on column gold.v_daily_activity.pull_request_closed_count is 'Pull requests closed without being merged; NULL where what an event did is not known.';
comment on column gold.v_daily_activity.issue_opened_count is 'Issues opened; NULL where what an event did is not known.';
comment on column gold.v_daily_activity.issue_closed_count is 'Issues closed; NULL where what an event did is not known.';
comment on column gold.v_daily_activity.star_count is 'Stars given; GitHub sends no event for one that is taken back.';
comment on column gold.v_daily_activity.fork_count is 'Forks made.';
comment on column gold.v_daily_activity.release_count is 'Releases published.';
comment on column gold.v_daily_activity.capture_rate is 'The share of the day''s events that the warehouse has, all types together, from 0 to 1; NULL when nothing can be said. See gold.v_coverage_daily.';
comment on column gold.v_daily_activity.capture_rate_low is 'Lower end of its 95 % interval.';
comment on column gold.v_daily_activity.capture_rate_high is 'Upper end of its 95 % interval.';

-- One row per repository and UTC day on which anything happened there. Events without the id of a repository are in
-- gold.v_daily_activity only.
create or replace view gold.v_repo_activity as
select
    day.date_day,
    activity.repo_id,
    repo.repo_name,
    activity.event_count,
    activity.bot_event_count,
    activity.unidentified_event_count,
    activity.actor_count,
    activity.bot_count,
    activity.push_count,
    activity.pull_request_opened_count,
    activity.pull_request_merged_count,
    activity.pull_request_closed_count,
    activity.issue_opened_count,
    activity.issue_closed_count,
    activity.star_count,
    activity.fork_count,
    activity.release_count,
    coverage.capture_rate,
    coverage.capture_rate_low,
    coverage.capture_rate_high
from gold.dim_date as day
cross join lateral (
    select
        repo_id,
        sum(event_count)::bigint as event_count,
        sum(bot_event_count)::bigint as bot_event_count,
        coalesce(sum(event_count) filter (where actor_id = -1), 0)::bigint as unidentified_event_count,
        count(*) filter (where actor_id <> -1 and bot_event_count = 0) as actor_count,
        count(*) filter (where actor_id <> -1 and bot_event_count > 0) as bot_count,
        sum(push_count)::bigint as push_count,
        case when sum(pull_request_unknown_count) = 0 then sum(pull_request_opened_count)::bigint end as pull_request_opened_count,
        case when sum(pull_request_unknown_count) = 0 then sum(pull_request_merged_count)::bigint end as pull_request_merged_count,
        case when sum(pull_request_unknown_count) = 0 then sum(pull_request_closed_count)::bigint end as pull_request_closed_count,
        case when sum(issue_unknown_count) = 0 then sum(issue_opened_count)::bigint end as issue_opened_count,
        case when sum(issue_unknown_count) = 0 then sum(issue_closed_count)::bigint end as issue_closed_count,
        sum(star_count)::bigint as star_count,
        sum(fork_count)::bigint as fork_count,
        sum(release_count)::bigint as release_count
    from gold.mart_activity
    where mart_activity.date_id = day.date_id
      and repo_id <> -1
    group by repo_id
) as activity
left join lateral (
    select capture_rate, capture_rate_low, capture_rate_high
    from gold.v_coverage_daily
    where v_coverage_daily.day = day.date_day
    offset 0
) as coverage on true
left join gold.dim_repos as repo on repo.repo_id = activity.repo_id;
comment on view gold.v_repo_activity is 'One row per repository and UTC day on which anything happened there, with the capture rate of the day.';
comment on column gold.v_repo_activity.date_day is 'UTC day.';
comment on column gold.v_repo_activity.repo_id is 'GitHub''s id of the repository.';
comment on column gold.v_repo_activity.repo_name is 'Latest known name.';
comment on column gold.v_repo_activity.event_count is 'Events.';
comment on column gold.v_repo_activity.bot_event_count is 'Of them, those of logins that end in [bot].';
comment on column gold.v_repo_activity.unidentified_event_count is 'Events that came without the id of an account: those who made them are in neither count of accounts.';
comment on column gold.v_repo_activity.actor_count is 'Different accounts with an id, bots apart.';
comment on column gold.v_repo_activity.bot_count is 'Different bots.';
comment on column gold.v_repo_activity.push_count is 'Pushes.';
comment on column gold.v_repo_activity.pull_request_opened_count is 'Pull requests opened; NULL where what an event did is not known.';
comment on column gold.v_repo_activity.pull_request_merged_count is 'Pull requests merged; NULL where what an event did is not known.';
comment on column gold.v_repo_activity.pull_request_closed_count is 'Pull requests closed without being merged; NULL where what an event did is not known.';
comment on column gold.v_repo_activity.issue_opened_count is 'Issues opened; NULL where what an event did is not known.';
comment on column gold.v_repo_activity.issue_closed_count is 'Issues closed; NULL where what an event did is not known.';
comment on column gold.v_repo_activity.star_count is 'Stars given; GitHub sends no event for one that is taken back.';
comment on column gold.v_repo_activity.fork_count is 'Forks made.';
comment on column gold.v_repo_activity.release_count is 'Releases published.';
comment on column gold.v_repo_activity.capture_rate is 'The share of the day''s events that the warehouse has, all types together, from 0 to 1; NULL when nothing can be said. See gold.v_coverage_daily.';
comment on column gold.v_repo_activity.capture_rate_low is 'Lower end of its 95 % interval.';
comment on column gold.v_repo_activity.capture_rate_high is 'Upper end of its 95 % interval.';

-- One row per account and UTC day on which it did anything. Events without the id of an account are in
-- gold.v_daily_activity only.
create or replace view gold.v_actor_activity as
select
    day.date_day,
    activity.actor_id,
    actor.actor_login,
    activity.is_bot,
    activity.event_count,
    activity.contribution_count,
    activity.repo_count,
    activity.push_count,
    activity.pull_request_opened_count,
    activity.pull_request_merged_count,
    activity.pull_request_closed_count,
    activity.issue_opened_count,
    activity.issue_closed_count,
    activity.star_count,
    activity.fork_count,
    activity.release_count,
    coverage.capture_rate,
    coverage.capture_rate_low,
    coverage.capture_rate_high
from gold.dim_date as day
cross join lateral (
    select
        actor_id,
        sum(event_count)::bigint as event_count,
        sum(contribution_count)::bigint as contribution_count,
        count(*) filter (where repo_id <> -1) as repo_count,
        sum(bot_event_count) > 0 as is_bot,
        sum(push_count)::bigint as push_count,
        case when sum(pull_request_unknown_count) = 0 then sum(pull_request_opened_count)::bigint end as pull_request_opened_count,
        case when sum(pull_request_unknown_count) = 0 then sum(pull_request_merged_count)::bigint end as pull_request_merged_count,
        case when sum(pull_request_unknown_count) = 0 then sum(pull_request_closed_count)::bigint end as pull_request_closed_count,
        case when sum(issue_unknown_count) = 0 then sum(issue_opened_count)::bigint end as issue_opened_count,
        case when sum(issue_unknown_count) = 0 then sum(issue_closed_count)::bigint end as issue_closed_count,
        sum(star_count)::bigint as star_count,
        sum(fork_count)::bigint as fork_count,
        sum(release_count)::bigint as release_count
    from gold.mart_activity
    where mart_activity.date_id = day.date_id
      and actor_id <> -1
    group by actor_id
) as activity
left join lateral (
    select capture_rate, capture_rate_low, capture_rate_high
    from gold.v_coverage_daily
    where v_coverage_daily.day = day.date_day
    offset 0
) as coverage on true
left join gold.dim_actors as actor on actor.actor_id = activity.actor_id;
comment on view gold.v_actor_activity is 'One row per account and UTC day on which it did anything, with the capture rate of the day.';
comment on column gold.v_actor_activity.date_day is 'UTC day.';
comment on column gold.v_actor_activity.actor_id is 'GitHub''s id of the account.';
comment on column gold.v_actor_activity.actor_login is 'Latest known login.';
comment on column gold.v_actor_activity.is_bot is 'Whether it acted under a login that ends in [bot].';
comment on column gold.v_actor_activity.event_count is 'Events.';
comment on column gold.v_actor_activity.contribution_count is 'Of them, contributions: see gold.is_contribution.';
comment on column gold.v_actor_activity.repo_count is 'Different repositories with an id.';
comment on column gold.v_actor_activity.push_count is 'Pushes.';
comment on column gold.v_actor_activity.pull_request_opened_count is 'Pull requests opened; NULL where what an event did is not known.';
comment on column gold.v_actor_activity.pull_request_merged_count is 'Pull requests merged; NULL where what an event did is not known.';
comment on column gold.v_actor_activity.pull_request_closed_count is 'Pull requests closed without being merged; NULL where what an event did is not known.';
comment on column gold.v_actor_activity.issue_opened_count is 'Issues opened; NULL where what an event did is not known.';
comment on column gold.v_actor_activity.issue_closed_count is 'Issues closed; NULL where what an event did is not known.';
comment on column gold.v_actor_activity.star_count is 'Stars given; GitHub sends no event for one that is taken back.';
comment on column gold.v_actor_activity.fork_count is 'Forks made.';
comment on column gold.v_actor_activity.release_count is 'Releases published.';
comment on column gold.v_actor_activity.capture_rate is 'The share of the day''s events that the warehouse has, all types together, from 0 to 1; NULL when nothing can be said. See gold.v_coverage_daily.';
comment on column gold.v_actor_activity.capture_rate_low is 'Lower end of its 95 % interval.';
comment on column gold.v_actor_activity.capture_rate_high is 'Upper end of its 95 % interval.';
