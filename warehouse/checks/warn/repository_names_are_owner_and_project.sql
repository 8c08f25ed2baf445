-- One row per event whose repository is not named owner/project.
--
-- layer: silver
-- category: business rules
-- why: Repositories are grouped by owner: the part before the slash.
select event_id, event_type, event_time, repo_id, repo_name, source
from silver.events
where processed_at >= ops.checked_since()
  and repo_name !~ '^[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+$'
