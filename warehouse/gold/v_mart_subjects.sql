-- How issues and pull requests went.
--
-- A time is NULL when no event told it. That nothing was seen to be closed does not say that it is open: events are missing, see
-- capture_rate. What was opened before the warehouse began is known by its time where GitHub sent it along (until October 2025
-- for pull requests); since then only by the event itself.

-- One row per pull request.
create or replace view gold.v_pull_request_lifecycle as
select
    subject.repo_id,
    repo.repo_name,
    subject.number,
    subject.opened_at,
    subject.first_reviewed_at,
    subject.merged_at,
    case when subject.last_closed_at >= coalesce(subject.last_reopened_at, '-infinity') then subject.last_closed_at end as closed_at,
    subject.last_reopened_at,
    subject.last_event_time,
    subject.first_reviewed_at - subject.opened_at as time_to_review,
    subject.merged_at - subject.opened_at as time_to_merge,
    coverage.capture_rate,
    coverage.capture_rate_low,
    coverage.capture_rate_high
from gold.mart_subjects as subject
left join gold.dim_repos as repo on repo.repo_id = subject.repo_id
left join lateral (
    select capture_rate, capture_rate_low, capture_rate_high
    from gold.v_coverage_daily
    where day = (subject.last_event_time at time zone 'UTC')::date
    -- Asked once a day, not for all of the history.
    offset 0
) as coverage on true
where subject.is_pull_request;

-- One row per issue.
create or replace view gold.v_issue_lifecycle as
select
    subject.repo_id,
    repo.repo_name,
    subject.number,
    subject.opened_at,
    case when subject.last_closed_at >= coalesce(subject.last_reopened_at, '-infinity') then subject.last_closed_at end as closed_at,
    subject.last_reopened_at,
    subject.last_event_time,
    case when subject.last_closed_at >= coalesce(subject.last_reopened_at, '-infinity') then subject.last_closed_at end - subject.opened_at as time_to_close,
    coverage.capture_rate,
    coverage.capture_rate_low,
    coverage.capture_rate_high
from gold.mart_subjects as subject
left join gold.dim_repos as repo on repo.repo_id = subject.repo_id
left join lateral (
    select capture_rate, capture_rate_low, capture_rate_high
    from gold.v_coverage_daily
    where day = (subject.last_event_time at time zone 'UTC')::date
    -- Asked once a day, not for all of the history.
    offset 0
) as coverage on true
where not subject.is_pull_request;

comment on view gold.v_pull_request_lifecycle is 'One row per pull request that any event was about. NULL is what no event told.';
comment on column gold.v_pull_request_lifecycle.repo_id is 'GitHub''s id of the repository.';
comment on column gold.v_pull_request_lifecycle.repo_name is 'Latest known name.';
comment on column gold.v_pull_request_lifecycle.number is 'Number in the repository.';
comment on column gold.v_pull_request_lifecycle.opened_at is 'When it was opened.';
comment on column gold.v_pull_request_lifecycle.first_reviewed_at is 'Time of the first review that was seen.';
comment on column gold.v_pull_request_lifecycle.merged_at is 'When it was merged.';
comment on column gold.v_pull_request_lifecycle.closed_at is 'When it was closed (or merged), if it was not seen to be opened again since.';
comment on column gold.v_pull_request_lifecycle.last_reopened_at is 'When it was last seen to be opened again.';
comment on column gold.v_pull_request_lifecycle.last_event_time is 'Time of the last event about it.';
comment on column gold.v_pull_request_lifecycle.time_to_review is 'From opening to the first review that was seen.';
comment on column gold.v_pull_request_lifecycle.time_to_merge is 'From opening to merging.';
comment on column gold.v_pull_request_lifecycle.capture_rate is 'The share of the events of last_event_time''s UTC day that the warehouse has, from 0 to 1; NULL when nothing can be said.';
comment on column gold.v_pull_request_lifecycle.capture_rate_low is 'Lower end of its 95 % interval.';
comment on column gold.v_pull_request_lifecycle.capture_rate_high is 'Upper end of its 95 % interval.';
comment on view gold.v_issue_lifecycle is 'One row per issue that any event was about. NULL is what no event told.';
comment on column gold.v_issue_lifecycle.repo_id is 'GitHub''s id of the repository.';
comment on column gold.v_issue_lifecycle.repo_name is 'Latest known name.';
comment on column gold.v_issue_lifecycle.number is 'Number in the repository.';
comment on column gold.v_issue_lifecycle.opened_at is 'When it was opened.';
comment on column gold.v_issue_lifecycle.closed_at is 'When it was closed (or merged), if it was not seen to be opened again since.';
comment on column gold.v_issue_lifecycle.last_reopened_at is 'When it was last seen to be opened again.';
comment on column gold.v_issue_lifecycle.last_event_time is 'Time of the last event about it.';
comment on column gold.v_issue_lifecycle.time_to_close is 'From opening to closing.';
comment on column gold.v_issue_lifecycle.capture_rate is 'The share of the events of last_event_time''s UTC day that the warehouse has, from 0 to 1; NULL when nothing can be said.';
comment on column gold.v_issue_lifecycle.capture_rate_low is 'Lower end of its 95 % interval.';
comment on column gold.v_issue_lifecycle.capture_rate_high is 'Upper end of its 95 % interval.';
