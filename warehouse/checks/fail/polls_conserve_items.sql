-- One row per poll whose items do not add up.
--
-- layer: bronze
-- category: reconciliation
-- why: Every item fetched is new, known, or a dead letter. Anything else was lost.
select poll_id, feed, polled_at, fetched, inserted, duplicates, dead_lettered
from ops.polls
where recorded_at >= ops.checked_since()
  and fetched <> inserted + duplicates + dead_lettered
