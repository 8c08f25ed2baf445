-- One row per repository and UTC day with events.
--
-- A flat query, so that a condition on the repository or the day reads only their facts.
create or replace view gold.v_repo_daily_activity as
select
    date_day,
    repo_id,
    repo_name,
    org_login,
    count(*) as event_count,
    count(distinct actor_id) filter (where actor_id <> -1) as user_count,
    count(*) filter (where is_bot) as bot_event_count,
    count(*) filter (where event_type = 'PushEvent') as push_count,
    count(*) filter (where event_type = 'PullRequestEvent') as pull_request_event_count,
    count(*) filter (where event_type in ('PullRequestReviewEvent', 'PullRequestReviewCommentEvent')) as review_event_count,
    count(*) filter (where event_type = 'IssuesEvent') as issue_event_count,
    count(*) filter (where event_type in ('IssueCommentEvent', 'CommitCommentEvent')) as comment_count,
    count(*) filter (where event_type = 'WatchEvent') as star_count,
    count(*) filter (where event_type = 'ForkEvent') as fork_count,
    count(*) filter (where event_type = 'ReleaseEvent') as release_count
from gold.v_events
group by date_day, repo_id, repo_name, org_login;
comment on view gold.v_repo_daily_activity is 'What happened in a repository on a UTC day. One row per repository and day with events; what the warehouse has, see gold.v_overall_daily_activity for the share.';
comment on column gold.v_repo_daily_activity.date_day is 'UTC day.';
comment on column gold.v_repo_daily_activity.repo_id is 'GitHub''s id of the repository; −1 when no id is known.';
comment on column gold.v_repo_daily_activity.repo_name is 'Latest known name; the name as sent where no id is known.';
comment on column gold.v_repo_daily_activity.org_login is 'Organisation of the repository; NULL when it belongs to a person or none is known.';
comment on column gold.v_repo_daily_activity.event_count is 'Events of all types.';
comment on column gold.v_repo_daily_activity.user_count is 'Different accounts, bots too, without those of which no id is known.';
comment on column gold.v_repo_daily_activity.bot_event_count is 'Events by accounts whose login ends in [bot].';
comment on column gold.v_repo_daily_activity.push_count is 'Pushes.';
comment on column gold.v_repo_daily_activity.pull_request_event_count is 'Events of pull requests: opened, closed, merged and the like.';
comment on column gold.v_repo_daily_activity.review_event_count is 'Reviews of pull requests, and comments in them.';
comment on column gold.v_repo_daily_activity.issue_event_count is 'Events of issues: opened, closed, reopened and the like.';
comment on column gold.v_repo_daily_activity.comment_count is 'Comments on issues, pull requests and commits.';
comment on column gold.v_repo_daily_activity.star_count is 'Stars given; GitHub sends no event for one that is taken back.';
comment on column gold.v_repo_daily_activity.fork_count is 'Forks.';
comment on column gold.v_repo_daily_activity.release_count is 'Releases.';
