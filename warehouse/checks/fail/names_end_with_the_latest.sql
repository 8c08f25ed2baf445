-- One row per account or repository whose latest name is not the present one of its history, or that is in one of the two only.
--
-- layer: gold
-- category: consistency
-- why: A report of today and one "as of today" must not differ.
select
    'repository' as kind, coalesce(repo.repo_id, version.repo_id) as id,
    repo.repo_name as latest_name, version.repo_name as name_in_history, repo.last_event_time, version.valid_from
from (select * from gold.dim_repos where last_event_time is not null) as repo
full join (select * from gold.dim_repos_history where is_current) as version on version.repo_id = repo.repo_id
where (repo.updated_at >= ops.checked_since() or version.updated_at >= ops.checked_since())
  and ((repo.repo_name, repo.org_login) is distinct from (version.repo_name, version.org_login)
    or repo.last_event_time < version.valid_from)
union all
select
    'account', coalesce(actor.actor_id, version.actor_id),
    actor.actor_login, version.actor_login, actor.last_event_time, version.valid_from
from (select * from gold.dim_actors where last_event_time is not null) as actor
full join (select * from gold.dim_actors_history where is_current) as version on version.actor_id = actor.actor_id
where (actor.updated_at >= ops.checked_since() or version.updated_at >= ops.checked_since())
  and (actor.actor_login is distinct from version.actor_login
    or actor.last_event_time < version.valid_from)
