-- One row per event with an id of account, repository or organisation that is no number above 0.
--
-- layer: silver
-- category: business rules
-- why: Gold can only point such events to the row -1, so they are missing from every ranking.
select event_id, event_type, event_time, actor_id, repo_id, org_id, source
from silver.events
where processed_at >= ops.checked_since()
  and (
    (actor_id is not null and coalesce(silver.to_bigint(actor_id), 0) = 0)
    or (repo_id is not null and coalesce(silver.to_bigint(repo_id), 0) = 0)
    or (org_id is not null and coalesce(silver.to_bigint(org_id), 0) = 0)
  )
