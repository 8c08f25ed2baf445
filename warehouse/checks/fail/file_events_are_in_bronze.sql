-- One row per file that entered another number of new events than bronze has of it.
--
-- Only files loaded in one go are compared: of others the ledger does not say when the earlier parts came in.
--
-- layer: bronze
-- category: reconciliation
-- why: The ledger says what came in. Bronze must have it, but for what was removed with a person (docs/erasure.md).
with files as (
    select source, sum(inserted) as inserted, min(started_at) as started_at, max(attempts) as attempts
    from ops.source_files
    where source in (select source from ops.source_files where updated_at >= ops.checked_since())
      and fetched = inserted + duplicates + dead_lettered
    group by source
),
-- Once for all files: there may be thousands.
stored as (
    select source, ingested_at, created_at
    from bronze.raw_events
    where ingested_at >= (select min(started_at) from files where attempts = 1)
)
select files.source, files.inserted, count(stored.source) as in_bronze
from files
left join stored on stored.source = files.source and stored.ingested_at >= files.started_at
-- An erasure removes nothing that came in after it.
cross join lateral (
    select coalesce(sum(counts.row_count), 0) as row_count
    from ops.erasure_counts as counts
    join ops.erasures as erasure on erasure.erasure_id = counts.erasure_id
    where counts.table_name = 'bronze.raw_events'
      and counts.action = 'removed'
      and counts.source = files.source
      and coalesce(erasure.finished_at, 'infinity') >= files.started_at
) as removed
where files.attempts = 1
  and not exists (
    select 1
    from ops.source_files as file
    where file.source = files.source and ops.was_dropped('bronze.raw_events', file.hour)
  )
group by files.source, files.inserted, removed.row_count
having files.inserted - count(stored.source) not between 0 and removed.row_count
