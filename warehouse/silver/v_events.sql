-- One row per event of silver.events that has a readable time, in the form gold stores: ids as BIGINT, and
-- −1, unknownuser, unknownrepo where GitHub gave none.
create or replace view silver.v_events as
select
    event_id,
    event_type,
    event_time,
    to_char(event_time at time zone 'UTC', 'YYYYMMDD')::integer as date_id,
    extract(hour from event_time at time zone 'UTC')::smallint as event_hour,
    coalesce(silver.to_bigint(actor_id), -1) as actor_id,
    coalesce(actor_login, 'unknownuser') as actor_login,
    is_bot,
    coalesce(silver.to_bigint(repo_id), -1) as repo_id,
    coalesce(repo_name, 'unknownrepo') as repo_name,
    org_login,
    action,
    number,
    source,
    ingested_at,
    processed_at,
    is_merged,
    opened_at,
    closed_at,
    merged_at
from silver.events
where event_time is not null;

comment on view silver.v_events is 'One row per event with a readable time, in the form gold stores.';
comment on column silver.v_events.event_id is 'GitHub''s id of the event, as text.';
comment on column silver.v_events.event_type is 'GitHub''s type, such as PushEvent.';
comment on column silver.v_events.event_time is 'When it happened, by GitHub''s clock.';
comment on column silver.v_events.date_id is 'The UTC day as YYYYMMDD.';
comment on column silver.v_events.event_hour is 'The UTC hour, 0 to 23.';
comment on column silver.v_events.actor_id is 'GitHub''s id of who did it; −1 when there is none that fits BIGINT.';
comment on column silver.v_events.actor_login is 'Login of who did it, at the time; unknownuser when there is none.';
comment on column silver.v_events.is_bot is 'Whether the login ends in [bot]; NULL when there is no login.';
comment on column silver.v_events.repo_id is 'GitHub''s id of the repository; −1 when there is none that fits BIGINT.';
comment on column silver.v_events.repo_name is 'owner/project, at the time; unknownrepo when there is none.';
comment on column silver.v_events.org_login is 'Login of the organisation, at the time; NULL when there is none.';
comment on column silver.v_events.action is 'opened, closed, merged, …, as GitHub sent it.';
comment on column silver.v_events.number is 'Number of the issue, pull request or discussion.';
comment on column silver.v_events.source is 'Where bronze saw it first.';
comment on column silver.v_events.ingested_at is 'When bronze stored it.';
comment on column silver.v_events.processed_at is 'When it came into silver.';
comment on column silver.v_events.is_merged is 'Whether the pull request was merged; NULL when GitHub did not say.';
comment on column silver.v_events.opened_at is 'When the issue or pull request was opened; NULL when GitHub did not say.';
comment on column silver.v_events.closed_at is 'When the issue or pull request was closed; NULL when it was not, or GitHub did not say.';
comment on column silver.v_events.merged_at is 'When the pull request was merged; NULL when it was not, or GitHub did not say.';
