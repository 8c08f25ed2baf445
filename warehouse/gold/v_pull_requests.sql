-- One row per pull request of which the warehouse has an event.
--
-- From silver, which has the payloads: a month that silver has dropped is out of it. Since October 2025 GitHub no longer
-- sends when a pull request was opened; it is then known only when the warehouse saw the event of it, and NULL otherwise.
create or replace view gold.v_pull_requests as
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
        coalesce(merged_at, case when is_merged and action in ('closed', 'merged') then coalesce(closed_at, event_time) end) as merged_at,
        coalesce(closed_at, merged_at, case when action in ('closed', 'merged') then event_time end) as closed_at
    from silver.events
    where event_type = 'PullRequestEvent'
      and event_time is not null
      and number is not null
      and silver.to_bigint(repo_id) is not null
),
pull_requests as (
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
        min(merged_at) as merged_at,
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
    merged_at,
    case when reopened_at > closed_at then null else closed_at end as closed_at,
    round((extract(epoch from merged_at - opened_at) / 3600)::numeric, 2) as cycle_hours,
    event_count,
    last_event_time
from pull_requests;
comment on view gold.v_pull_requests is 'Pull requests and how long they took from opened to merged. One row per pull request of which the warehouse has an event.';
comment on column gold.v_pull_requests.repo_id is 'GitHub''s id of the repository.';
comment on column gold.v_pull_requests.repo_name is 'Name of the repository in the last event.';
comment on column gold.v_pull_requests.number is 'Number of the pull request in its repository.';
comment on column gold.v_pull_requests.title is 'Last title GitHub sent; NULL when it sent none.';
comment on column gold.v_pull_requests.author_login is 'Who opened it, at the time; NULL when unknown.';
comment on column gold.v_pull_requests.is_bot is 'Whether the author''s login ends in [bot]; NULL when unknown.';
comment on column gold.v_pull_requests.opened_at is 'When it was opened; NULL when GitHub did not say and the warehouse did not see it.';
comment on column gold.v_pull_requests.merged_at is 'When it was merged; NULL when it was not, or the warehouse knows nothing of it.';
comment on column gold.v_pull_requests.closed_at is 'When it was closed or merged; NULL when it is open, was opened again, or the warehouse knows nothing of it.';
comment on column gold.v_pull_requests.cycle_hours is 'Hours from opened to merged; NULL when one of both is.';
comment on column gold.v_pull_requests.event_count is 'Events of the pull request that the warehouse has.';
comment on column gold.v_pull_requests.last_event_time is 'Time of the last of them.';
