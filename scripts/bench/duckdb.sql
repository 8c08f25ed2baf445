-- The work of bronze, silver and gold as somebody would write it in DuckDB: every event kept whole and once, its fields in
-- columns, a star schema. Without what a file of DuckDB has no place for: dead letters, the ledger, writers side by side.

-- step: bronze
create table raw_events as
select
    json ->> '$.id' as event_id,
    json ->> '$.type' as event_type,
    (json ->> '$.created_at')::timestamptz as created_at,
    json as payload
from read_ndjson_objects(['FILES'])
qualify row_number() over (partition by event_id, event_type, created_at) = 1;

-- step: silver
create table events as
select
    event_id,
    event_type,
    created_at as event_time,
    (e.actor.id)::bigint as actor_id,
    e.actor.login as actor_login,
    e.actor.login like '%[bot]' as is_bot,
    (e.repo.id)::bigint as repo_id,
    e.repo.name as repo_name,
    e.org.id as org_id,
    e.org.login as org_login,
    e.public as is_public,
    e.payload.action,
    e.payload.ref,
    e.payload.ref_type,
    e.payload."before" as before_sha,
    coalesce(e.payload.head, e.payload.pull_request.head.sha) as head_sha,
    e.payload.size as commit_count,
    e.payload.distinct_size as distinct_commit_count,
    coalesce(e.payload.number, e.payload.pull_request.number, e.payload.issue.number, e.payload.discussion.number) as number,
    coalesce(e.payload.pull_request.title, e.payload.issue.title, e.payload.discussion.title) as title,
    coalesce(e.payload.pull_request.state, e.payload.issue.state) as state,
    coalesce(e.payload.pull_request.user.login, e.payload.issue.user.login, e.payload.discussion.user.login) as author_login,
    e.payload.pull_request.merged as is_merged,
    coalesce(e.payload.pull_request.created_at, e.payload.issue.created_at)::timestamptz as opened_at,
    coalesce(e.payload.pull_request.closed_at, e.payload.issue.closed_at)::timestamptz as closed_at,
    e.payload.pull_request.merged_at::timestamptz as merged_at,
    e.payload.pull_request.additions as addition_count,
    e.payload.pull_request.deletions as deletion_count,
    e.payload.pull_request.changed_files as changed_file_count,
    e.payload.review.state as review_state,
    e.payload.release.tag_name as release_tag,
    e.payload.forkee.full_name as fork_name,
    e.payload.member.login as member_login
from (
    select
        event_id,
        event_type,
        created_at,
        from_json(payload, '{
            "public": "BOOLEAN",
            "actor": {"id": "VARCHAR", "login": "VARCHAR"},
            "repo": {"id": "VARCHAR", "name": "VARCHAR"},
            "org": {"id": "VARCHAR", "login": "VARCHAR"},
            "payload": {
                "action": "VARCHAR", "ref": "VARCHAR", "ref_type": "VARCHAR", "before": "VARCHAR", "head": "VARCHAR",
                "size": "INTEGER", "distinct_size": "INTEGER", "number": "BIGINT",
                "pull_request": {
                    "number": "BIGINT", "title": "VARCHAR", "state": "VARCHAR", "merged": "BOOLEAN", "user": {"login": "VARCHAR"},
                    "head": {"sha": "VARCHAR"}, "created_at": "VARCHAR", "closed_at": "VARCHAR", "merged_at": "VARCHAR",
                    "additions": "INTEGER", "deletions": "INTEGER", "changed_files": "INTEGER"
                },
                "issue": {
                    "number": "BIGINT", "title": "VARCHAR", "state": "VARCHAR", "user": {"login": "VARCHAR"},
                    "created_at": "VARCHAR", "closed_at": "VARCHAR"
                },
                "discussion": {"number": "BIGINT", "title": "VARCHAR", "user": {"login": "VARCHAR"}},
                "review": {"state": "VARCHAR"},
                "release": {"tag_name": "VARCHAR"},
                "forkee": {"full_name": "VARCHAR"},
                "member": {"login": "VARCHAR"}
            }
        }') as e
    from raw_events
);

-- step: gold
create table dim_actors as
select actor_id, arg_max(actor_login, event_time) as actor_login, arg_max(is_bot, event_time) as is_bot, max(event_time) as last_event_time
from events group by actor_id;
create table dim_repos as
select
    repo_id,
    arg_max(repo_name, event_time) as repo_name,
    split_part(arg_max(repo_name, event_time), '/', 1) as repo_owner,
    split_part(arg_max(repo_name, event_time), '/', 2) as repo_project,
    arg_max(org_login, event_time) as org_login,
    max(event_time) as last_event_time
from events group by repo_id;
create table dim_event_types as select distinct event_type from events;
create table fact_events as
select
    event_id,
    strftime(event_time at time zone 'UTC', '%Y%m%d')::integer as date_id,
    actor_id,
    repo_id,
    event_type,
    event_time,
    extract(hour from event_time at time zone 'UTC')::smallint as event_hour
from events;
checkpoint;
