-- One row per issue of which the warehouse has an event.
--
-- From silver, which has the payloads: a month that silver has dropped is out of it. Since October 2025 GitHub no longer
-- sends when a issue was opened; it is then known only when the warehouse saw the event of it, and NULL otherwise.
create or replace view gold.v_issues as
with seen as (
    select
        silver.to_bigint(repo_id) as repo_id,
        number,
        repo_name,
        title,
        author_login,
        actor_login,
        action,
        event_id,
        event_time,
        coalesce(opened_at, case when action = 'opened' then event_time end) as opened_at,
        coalesce(closed_at, case when action = 'closed' then event_time end) as closed_at
    from silver.events
    where event_type = 'IssuesEvent'
      and event_time is not null
      and number is not null
      and silver.to_bigint(repo_id) is not null
),
issues as (
    select
        repo_id,
        number,
        (array_agg(repo_name order by event_time desc, event_id desc) filter (where repo_name is not null))[1] as repo_name,
        (array_agg(title order by event_time desc, event_id desc) filter (where title is not null))[1] as title,
        coalesce(
            (array_agg(author_login order by event_time desc, event_id desc) filter (where author_login is not null))[1],
            (array_agg(actor_login order by event_time, event_id) filter (where action = 'opened'))[1]
        ) as author_login,
        min(opened_at) as opened_at,
        max(closed_at) as closed_at,
        max(event_time) filter (where action = 'reopened') as reopened_at,
        count(*) as event_count,
        max(event_time) as last_event_time
    from seen
    group by repo_id, number
)
select
    repo_id,
    repo_name,
    number,
    title,
    author_login,
    author_login like '%[bot]' as is_bot,
    opened_at,
    case when reopened_at > closed_at then null else closed_at end as closed_at,
    round((extract(epoch from case when reopened_at > closed_at then null else closed_at end - opened_at) / 3600)::numeric, 2) as close_hours,
    event_count,
    last_event_time
from issues;
comment on view gold.v_issues is 'Issues and how long they took from opened to closed. One row per issue of which the warehouse has an event.';
comment on column gold.v_issues.repo_id is 'GitHub''s id of the repository.';
comment on column gold.v_issues.repo_name is 'Name of the repository in the last event.';
comment on column gold.v_issues.number is 'Number of the issue in its repository.';
comment on column gold.v_issues.title is 'Last title GitHub sent; NULL when it sent none.';
comment on column gold.v_issues.author_login is 'Who opened it, at the time; NULL when unknown.';
comment on column gold.v_issues.is_bot is 'Whether the author''s login ends in [bot]; NULL when unknown.';
comment on column gold.v_issues.opened_at is 'When it was opened; NULL when GitHub did not say and the warehouse did not see it.';
comment on column gold.v_issues.closed_at is 'When it was last closed; NULL when it is open, was opened again, or the warehouse knows nothing of it.';
comment on column gold.v_issues.close_hours is 'Hours from opened to last closed; NULL when one of both is.';
comment on column gold.v_issues.event_count is 'Events of the issue that the warehouse has.';
comment on column gold.v_issues.last_event_time is 'Time of the last of them.';
