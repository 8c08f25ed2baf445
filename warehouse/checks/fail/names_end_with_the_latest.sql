-- One row per account or repository whose latest name is not the present one of its history, or that is in one of the two only.
--
-- layer: gold
-- category: consistency
-- why: A report of today and one "as of today" must not differ.
select
    'repository' as kind, checked.repo_id as id,
    repo.repo_name as latest_name, version.repo_name as name_in_history, repo.last_event_time, version.valid_from
from gold.repos_to_check() as checked
left join gold.dim_repos as repo on repo.repo_id = checked.repo_id and repo.last_event_time is not null
left join gold.dim_repos_history as version on version.repo_id = checked.repo_id and version.is_current
where (repo.repo_name, repo.org_login) is distinct from (version.repo_name, version.org_login)
   or repo.last_event_time < version.valid_from
union all
select
    'account', checked.actor_id,
    actor.actor_login, version.actor_login, actor.last_event_time, version.valid_from
from gold.actors_to_check() as checked
left join gold.dim_actors as actor on actor.actor_id = checked.actor_id and actor.last_event_time is not null
left join gold.dim_actors_history as version on version.actor_id = checked.actor_id and version.is_current
where actor.actor_login is distinct from version.actor_login
   or actor.last_event_time < version.valid_from
