-- What GitHub said, cleaned and typed as far as it goes.
create schema if not exists silver;
comment on schema silver is 'Events with their fields in columns: unknown is NULL, nothing is guessed.';

-- One row per event.
create table silver.events (
    event_id text not null,
    event_type text not null,
    event_time timestamptz,
    ingested_at timestamptz not null,
    processed_at timestamptz not null default now(),
    source text not null,
    actor_id text,
    actor_login text,
    is_bot boolean,
    repo_id text,
    repo_name text,
    org_id text,
    org_login text,
    is_public boolean,
    action text,
    ref text,
    ref_type text,
    before_sha text,
    head_sha text,
    commit_count integer,
    distinct_commit_count integer,
    number bigint,
    title text,
    state text,
    author_login text,
    is_merged boolean,
    opened_at timestamptz,
    closed_at timestamptz,
    merged_at timestamptz,
    addition_count integer,
    deletion_count integer,
    changed_file_count integer,
    review_state text,
    release_tag text,
    fork_name text,
    member_login text,
    unreadable text[],
    constraint events_key unique nulls not distinct (event_id, event_type, event_time)
);
create index events_processed_at on silver.events (processed_at);

comment on table silver.events is 'One row per event of bronze.raw_events, with the same key. NULL means that GitHub did not send it, or not readably (see unreadable).';
comment on column silver.events.event_id is 'GitHub''s id of the event, as text.';
comment on column silver.events.event_type is 'GitHub''s type, such as PushEvent.';
comment on column silver.events.event_time is 'When it happened, by GitHub''s clock; NULL when unreadable: such a row stays out of gold.';
comment on column silver.events.ingested_at is 'When bronze stored it.';
comment on column silver.events.processed_at is 'Start of the transaction that brought it into silver.';
comment on column silver.events.source is 'Where bronze saw it first.';
comment on column silver.events.actor_id is 'GitHub''s id of who did it, as text.';
comment on column silver.events.actor_login is 'Login of who did it, at the time.';
comment on column silver.events.is_bot is 'Whether the login ends in [bot]; NULL when there is no login.';
comment on column silver.events.repo_id is 'GitHub''s id of the repository, as text. It survives renames.';
comment on column silver.events.repo_name is 'owner/project, at the time.';
comment on column silver.events.org_id is 'GitHub''s id of the organisation, as text.';
comment on column silver.events.org_login is 'Login of the organisation, at the time.';
comment on column silver.events.is_public is 'What GitHub said of the event''s visibility.';
comment on column silver.events.action is 'opened, closed, merged, created, started, …, as GitHub sent it.';
comment on column silver.events.ref is 'Branch or tag of a push, creation or deletion, as GitHub sent it.';
comment on column silver.events.ref_type is 'branch, tag or repository.';
comment on column silver.events.before_sha is 'Commit the branch pointed to before a push.';
comment on column silver.events.head_sha is 'Commit the branch pointed to after a push, or the head of a pull request.';
comment on column silver.events.commit_count is 'Commits of a push. GitHub stopped sending it in October 2025.';
comment on column silver.events.distinct_commit_count is 'Commits of a push that were new to the repository. GitHub stopped sending it in October 2025.';
comment on column silver.events.number is 'Number of the issue, pull request or discussion in its repository.';
comment on column silver.events.title is 'Title of the issue, pull request or discussion.';
comment on column silver.events.state is 'State of the issue or pull request when the event was sent.';
comment on column silver.events.author_login is 'Login of who opened the issue, pull request or discussion.';
comment on column silver.events.is_merged is 'Whether the pull request was merged, by its merged field or the action merged.';
comment on column silver.events.opened_at is 'When the issue or pull request was opened.';
comment on column silver.events.closed_at is 'When the issue or pull request was closed.';
comment on column silver.events.merged_at is 'When the pull request was merged.';
comment on column silver.events.addition_count is 'Lines added by the pull request.';
comment on column silver.events.deletion_count is 'Lines deleted by the pull request.';
comment on column silver.events.changed_file_count is 'Files changed by the pull request.';
comment on column silver.events.review_state is 'approved, changes_requested, commented or dismissed.';
comment on column silver.events.release_tag is 'Tag of the release.';
comment on column silver.events.fork_name is 'owner/project of the new fork.';
comment on column silver.events.member_login is 'Login of the member that was added.';
comment on column silver.events.unreadable is 'Fields that GitHub sent in a form that could not be read, such as {created_at,actor.id}; NULL when all could be.';

alter table silver.events set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02, autovacuum_freeze_min_age = 1000000);

-- What is kept out of gold is counted and listed without reading the rest.
create index events_unreadable on silver.events (processed_at) where unreadable is not null or event_time is null;
