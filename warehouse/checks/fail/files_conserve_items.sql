-- One row per file whose items do not add up.
--
-- layer: bronze
-- category: reconciliation
-- why: Every item read is new, known, or a dead letter. Anything else was lost.
select source, location, fetched, inserted, duplicates, dead_lettered
from ops.source_files
where updated_at >= ops.checked_since()
  and fetched <> inserted + duplicates + dead_lettered
