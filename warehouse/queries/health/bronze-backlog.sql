-- One row per pipeline: silver, then gold.
--
-- How many rows wait for it, and since when the oldest does: bronze rows that silver lacks, silver rows with a
-- readable time that gold lacks. Only what lies at or ahead of the watermark is looked at, so the cost is that of the
-- backlog, not of the history. (Without an upper bound the planner would expect a third of the table there and read
-- all of it: 880 ms instead of 40 for 5,000 waiting rows on a million.)
with
watermarks as (
    select pipeline, watermark from ops.pipeline_watermarks
),
waiting_for_silver as (
    select
        count(*) as waiting_count,
        min(raw.ingested_at) as waiting_since
    from bronze.raw_events as raw
    where raw.ingested_at between coalesce((select watermark from watermarks where pipeline = 'silver'), '-infinity') and 'infinity'
      and not exists (
        select 1
        from silver.events as known
        where known.event_id = raw.event_id
          and known.event_type = raw.event_type
          and known.event_time = raw.created_at
      )
      and not exists (
        select 1
        from silver.events as known
        where raw.created_at is null
          and known.event_id = raw.event_id
          and known.event_type = raw.event_type
          and known.event_time is null
      )
),
waiting_for_gold as (
    select
        count(*) as waiting_count,
        min(events.processed_at) as waiting_since
    from silver.events as events
    where events.event_time is not null
      and events.processed_at between coalesce((select watermark from watermarks where pipeline = 'gold'), '-infinity') and 'infinity'
      and not exists (
        select 1
        from gold.fact_events as fact
        where fact.event_id = events.event_id
          and fact.event_type = events.event_type
          and fact.event_time = events.event_time
      )
),
pipelines as (
    select 1 as position, 'silver' as pipeline, waiting_count, waiting_since from waiting_for_silver
    union all
    select 2, 'gold', waiting_count, waiting_since from waiting_for_gold
)
select
    pipelines.pipeline,
    pipelines.waiting_count,
    pipelines.waiting_since,
    watermarks.watermark
from pipelines
left join watermarks on watermarks.pipeline = pipelines.pipeline
order by pipelines.position;
