-- One row per repository and account that contributed to it.
create or replace view gold.v_repo_contributors as
select
    activity.repo_id,
    repo.repo_name,
    activity.actor_id,
    actor.actor_login,
    actor.is_bot,
    sum(activity.contribution_count)::bigint as contribution_count,
    count(*) as active_day_count,
    min(day.date_day) as first_day,
    max(day.date_day) as last_day
from gold.mart_activity as activity
join gold.dim_date as day on day.date_id = activity.date_id
left join gold.dim_repos as repo on repo.repo_id = activity.repo_id
left join gold.dim_actors as actor on actor.actor_id = activity.actor_id
where activity.contribution_count > 0
  and activity.repo_id <> -1
  and activity.actor_id <> -1
group by activity.repo_id, repo.repo_name, activity.actor_id, actor.actor_login, actor.is_bot;
comment on view gold.v_repo_contributors is 'Who contributes to a repository, and since when. One row per repository and account; what counts is in gold.is_contribution: no stars or forks.';
comment on column gold.v_repo_contributors.repo_id is 'GitHub''s id of the repository.';
comment on column gold.v_repo_contributors.repo_name is 'Latest known name of the repository.';
comment on column gold.v_repo_contributors.actor_id is 'GitHub''s id of the account.';
comment on column gold.v_repo_contributors.actor_login is 'Latest known login.';
comment on column gold.v_repo_contributors.is_bot is 'Whether the login ends in [bot]; NULL when none is known.';
comment on column gold.v_repo_contributors.contribution_count is 'Contributions the warehouse has.';
comment on column gold.v_repo_contributors.active_day_count is 'UTC days with one.';
comment on column gold.v_repo_contributors.first_day is 'UTC day of the first that the warehouse has.';
comment on column gold.v_repo_contributors.last_day is 'UTC day of the last that the warehouse has.';
