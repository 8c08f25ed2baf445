-- One row per repository of a name, owner/project in any case, the one with the newest event first: a name that was given
-- up may be taken by another.
--
-- $1 the name.
select
    repo_id::text as id,
    repo_name as name,
    repo_owner as owner,
    repo_project as project,
    org_login,
    last_event_time as last_event_at
from gold.dim_repos
where lower(repo_name) collate "C" = lower($1::text)
  and repo_id <> -1
order by last_event_time desc nulls last, repo_id;
