-- One row per repository for which silver has a later name than gold.
--
-- layer: gold
-- category: consistency
-- why: Rankings show the name of today. An older event must never overwrite a newer one.
with latest as (
    select distinct on (repo_id) repo_id, repo_name, event_time
    from silver.v_events
    where processed_at >= ops.checked_since()
      and processed_at < (select ops.complete_until('gold'))
      and repo_id <> -1
      and repo_name <> 'unknownrepo'
    order by repo_id, event_time desc, repo_name collate "C" desc
)
select repo.repo_id, repo.repo_name, repo.last_event_time, latest.repo_name as latest_name, latest.event_time as latest_event_time
from latest
join gold.dim_repos as repo on repo.repo_id = latest.repo_id
where (latest.event_time, latest.repo_name collate "C")
    > (coalesce(repo.last_event_time, '-infinity'), repo.repo_name collate "C")
