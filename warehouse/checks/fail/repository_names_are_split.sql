-- One row per repository with new events whose owner and project are not the parts of its name.
--
-- layer: gold
-- category: consistency
-- why: Everything by owner is grouped by the part, not by the name.
select repo.repo_id, repo.repo_name, repo.repo_owner, repo.repo_project
from gold.dim_repos as repo
where repo.repo_id in (select repo_id from gold.fact_events where silver_processed_at >= ops.checked_since())
  and (repo.repo_owner, repo.repo_project) is distinct from (
    nullif(substring(repo.repo_name from '^([^/]*)/'), ''),
    nullif(substring(repo.repo_name from '/(.*)$'), '')
  )
