-- One row per repository and account that contributed to it.
--
-- A contribution is an event of the categories code and collaboration: a push, a pull request, a review, an issue, a
-- comment; no star or fork. A flat query, so that a condition on the repository reads only its facts.
create or replace view gold.v_repo_contributors as
select
    repo_id,
    repo_name,
    actor_id,
    actor_login,
    is_bot,
    count(*) as contribution_count,
    count(distinct date_day) as active_day_count,
    min(event_time) as first_contribution_at,
    max(event_time) as last_contribution_at
from gold.v_events
where event_category in ('code', 'collaboration')
  and repo_id <> -1
  and actor_id <> -1
group by repo_id, repo_name, actor_id, actor_login, is_bot;
comment on view gold.v_repo_contributors is 'Who contributes to a repository, and since when: code and collaboration, no stars or forks. One row per repository and account; those without an id are left out.';
comment on column gold.v_repo_contributors.repo_id is 'GitHub''s id of the repository.';
comment on column gold.v_repo_contributors.repo_name is 'Latest known name of the repository.';
comment on column gold.v_repo_contributors.actor_id is 'GitHub''s id of the account.';
comment on column gold.v_repo_contributors.actor_login is 'Latest known login.';
comment on column gold.v_repo_contributors.is_bot is 'Whether the login ends in [bot]; NULL when none is known.';
comment on column gold.v_repo_contributors.contribution_count is 'Events of the categories code and collaboration.';
comment on column gold.v_repo_contributors.active_day_count is 'UTC days with such an event.';
comment on column gold.v_repo_contributors.first_contribution_at is 'The first that the warehouse has.';
comment on column gold.v_repo_contributors.last_contribution_at is 'The last that the warehouse has.';
