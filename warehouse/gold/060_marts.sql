-- Marts: what people ask of facts most, counted once. Kept by gold.load_marts in the transaction that brings the facts, and
-- read through the views v_…_activity, v_…_event_counts, v_repo_contributors, v_pull_requests, v_issues. See docs/marts.md.
--
-- They outlive the facts that retention drops, so they point to no dimension by a foreign key, which would also cost more than
-- all else of a load.

-- A fact that is stored while this file runs would be in no mart and in no list of what is to be counted.
lock table gold.fact_events in share mode;

-- One row per UTC hour and event type.
create table gold.mart_event_counts (
    hour timestamptz not null,
    event_type text not null,
    event_count bigint not null,
    bot_event_count bigint not null,
    primary key (hour, event_type)
);
comment on table gold.mart_event_counts is 'One row per UTC hour and event type: how many events. With the capture rate: gold.v_hourly_event_counts, gold.v_daily_event_counts.';
comment on column gold.mart_event_counts.hour is 'Start of the UTC hour of event_time.';
comment on column gold.mart_event_counts.event_type is 'GitHub''s type, such as PushEvent.';
comment on column gold.mart_event_counts.event_count is 'Events.';
comment on column gold.mart_event_counts.bot_event_count is 'Of them, those of logins that end in [bot].';

-- One row per repository, account and UTC day on which the account did anything there.
--
-- All that it counts can be added up, so a load only adds. What cannot, distinct accounts or repositories, is counted when it is
-- asked for, from rows that name each once: exact, in whatever order events came. Both keys begin with the day: new rows land
-- in a few pages however long the history, a month is read in one piece, and one repository or account by one probe a day.
create table gold.mart_activity (
    repo_id bigint not null,
    actor_id bigint not null,
    date_id integer not null,
    event_count integer not null,
    bot_event_count integer not null,
    contribution_count integer not null,
    push_count integer not null,
    pull_request_opened_count integer not null,
    pull_request_merged_count integer not null,
    pull_request_closed_count integer not null,
    pull_request_unknown_count integer not null,
    issue_opened_count integer not null,
    issue_closed_count integer not null,
    issue_unknown_count integer not null,
    star_count integer not null,
    fork_count integer not null,
    release_count integer not null,
    primary key (date_id, repo_id, actor_id)
);
create index mart_activity_actor_id on gold.mart_activity (date_id, actor_id);
alter table gold.mart_activity set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
comment on table gold.mart_activity is 'One row per repository, account and UTC day on which the account did anything there, with counts that can be added up. Read it through gold.v_daily_activity, v_repo_activity, v_actor_activity, v_monthly_activity, v_repo_contributors.';
comment on column gold.mart_activity.repo_id is 'GitHub''s id of the repository; −1 holds all events that came without one: it is no repository.';
comment on column gold.mart_activity.actor_id is 'GitHub''s id of the account; −1 holds all events that came without one: it is no account.';
comment on column gold.mart_activity.date_id is 'The UTC day as YYYYMMDD.';
comment on column gold.mart_activity.event_count is 'Events.';
comment on column gold.mart_activity.bot_event_count is 'Of them, those of logins that end in [bot].';
comment on column gold.mart_activity.contribution_count is 'Of them, contributions: pushes, pull requests, reviews, issues, comments, releases, wiki pages.';
comment on column gold.mart_activity.push_count is 'Pushes.';
comment on column gold.mart_activity.pull_request_opened_count is 'Pull requests opened.';
comment on column gold.mart_activity.pull_request_merged_count is 'Pull requests merged.';
comment on column gold.mart_activity.pull_request_closed_count is 'Pull requests closed without being merged.';
comment on column gold.mart_activity.pull_request_unknown_count is 'Pull-request events of which it is not known what they did: they are in none of the three counts before.';
comment on column gold.mart_activity.issue_opened_count is 'Issues opened.';
comment on column gold.mart_activity.issue_closed_count is 'Issues closed.';
comment on column gold.mart_activity.issue_unknown_count is 'Issue events of which it is not known what they did: they are in neither count before.';
comment on column gold.mart_activity.star_count is 'Stars given.';
comment on column gold.mart_activity.fork_count is 'Forks made.';
comment on column gold.mart_activity.release_count is 'Releases published.';

-- One row per issue or pull request.
--
-- First and last times only: they come out the same in whatever order and however often events come in.
create table gold.mart_subjects (
    repo_id bigint not null,
    number bigint not null,
    is_pull_request boolean not null,
    opened_at timestamptz,
    first_reviewed_at timestamptz,
    merged_at timestamptz,
    last_closed_at timestamptz,
    last_reopened_at timestamptz,
    last_event_time timestamptz not null,
    primary key (repo_id, number, is_pull_request)
);
comment on table gold.mart_subjects is 'One row per issue or pull request that any event was about. Read it through gold.v_pull_requests and gold.v_issues. A time is NULL when no event told it.';
comment on column gold.mart_subjects.repo_id is 'GitHub''s id of the repository.';
comment on column gold.mart_subjects.number is 'Number in the repository.';
comment on column gold.mart_subjects.is_pull_request is 'Whether it is a pull request; otherwise an issue.';
comment on column gold.mart_subjects.opened_at is 'When it was opened: as any event said, or the time of the event that opened it.';
comment on column gold.mart_subjects.first_reviewed_at is 'Time of the first review that was seen.';
comment on column gold.mart_subjects.merged_at is 'When it was merged: as any event said, or the time of the event that merged it.';
comment on column gold.mart_subjects.last_closed_at is 'When it was last seen to be closed or merged.';
comment on column gold.mart_subjects.last_reopened_at is 'When it was last seen to be opened again.';
comment on column gold.mart_subjects.last_event_time is 'Time of the last event about it.';

-- One row per UTC month of facts that the marts do not have yet.
create table ops.pending_marts (
    month date primary key
);
comment on table ops.pending_marts is 'One row per UTC month of facts that the marts do not have yet: those from before there were marts, and those of ops.reset_marts. The transformer counts them.';
comment on column ops.pending_marts.month is 'First day of the UTC month.';
insert into ops.pending_marts (month)
select distinct date_trunc('month', event_time at time zone 'UTC')::date from gold.fact_events;
