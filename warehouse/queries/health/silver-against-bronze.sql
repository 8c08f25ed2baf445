-- One row.
--
-- Whether silver has every bronze row: missing_count counts those it lacks, of which waiting_count are still to come
-- (at or ahead of the watermark) and skipped_count lie behind it. These are rows that were committed late: the next
-- runs pick them up, so a count that stays for longer than the grace window is a fault. surplus_count counts silver rows
-- without a bronze row and is always 0; silver rows of months that bronze has dropped (retention) are counted apart.
-- Reads both tables in full.
with
raw as (
    select event_id, event_type, created_at, ingested_at from bronze.raw_events
),
events as (
    select event_id, event_type, event_time from silver.events
),
dropped as (
    select ops.dropped_times('bronze.raw_events') as times
),
watermark as (
    select watermark from ops.pipeline_watermarks where pipeline = 'silver'
),
missing as (
    select
        count(*) as missing_count,
        count(*) filter (
            where raw.ingested_at >= coalesce((select watermark from watermark), '-infinity')
        ) as waiting_count
    from raw
    where not exists (
        select 1
        from events
        where events.event_id = raw.event_id
          and events.event_type = raw.event_type
          and events.event_time = raw.created_at
    )
      and not exists (
        select 1
        from events
        where raw.created_at is null
          and events.event_id = raw.event_id
          and events.event_type = raw.event_type
          and events.event_time is null
    )
),
counts as (
    select
        (select count(*) from raw) as bronze_count,
        (select count(*) from events) as silver_count,
        (
            select count(*)
            from events
            where events.event_time <@ (select times from dropped)
              and not exists (
                select 1
                from raw
                where raw.event_id = events.event_id
                  and raw.event_type = events.event_type
                  and raw.created_at = events.event_time
              )
        ) as outlived_count
)
select
    counts.bronze_count,
    counts.silver_count,
    missing.missing_count,
    missing.waiting_count,
    missing.missing_count - missing.waiting_count as skipped_count,
    counts.outlived_count,
    counts.silver_count - counts.outlived_count - (counts.bronze_count - missing.missing_count) as surplus_count
from counts
cross join missing;
