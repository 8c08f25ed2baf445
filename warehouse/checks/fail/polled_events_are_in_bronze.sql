-- One row per poll that entered another number of new events than bronze has of it.
--
-- A poll is entered in the transaction that stores its events, so that both carry the same time.
--
-- layer: bronze
-- category: reconciliation
-- why: The ledger says what came in. Bronze must have it, but for what was removed with a person (docs/erasure.md).
with polls as (
    select feed, recorded_at, sum(inserted) as inserted, min(oldest_event_at) as oldest_event_at
    from ops.polls
    where recorded_at >= ops.checked_since() and fetched = inserted + duplicates + dead_lettered
    group by feed, recorded_at
)
select polls.feed, polls.recorded_at, polls.inserted, stored.row_count as in_bronze
from polls
cross join lateral (
    select count(*) as row_count
    from bronze.raw_events as raw
    where raw.ingested_at = polls.recorded_at and raw.source = 'api:' || polls.feed
) as stored
-- An erasure removes nothing that came in after it.
cross join lateral (
    select coalesce(sum(counts.row_count), 0) as row_count
    from ops.erasure_counts as counts
    join ops.erasures as erasure on erasure.erasure_id = counts.erasure_id
    where counts.table_name = 'bronze.raw_events'
      and counts.action = 'removed'
      and counts.source = 'api:' || polls.feed
      and coalesce(erasure.finished_at, 'infinity') >= polls.recorded_at
) as removed
where polls.inserted - stored.row_count not between 0 and removed.row_count
  and not ops.was_dropped('bronze.raw_events', polls.oldest_event_at)
