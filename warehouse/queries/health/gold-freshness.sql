-- One row per stage on the way to gold: bronze, silver, gold and event, in that order.
--
-- When something last came to each stage, and how many seconds ago. `event` is the newest event_time in gold that
-- does not lie ahead of the clock; what lies between it and `gold` is GitHub's own delay and the age of an archive.
-- Read from the ends of indexes and the facts of one day, however much history there is.
with
-- One time for all, read once: on Citus each worker has a clock of its own.
clock as materialized (
    select now() as now_at
),
stored as (
    select max(ingested_at) as newest_at from bronze.raw_events
),
cleaned as (
    select max(processed_at) as newest_at from silver.events
),
gold_watermark as (
    select watermark from ops.pipeline_watermarks where pipeline = 'gold'
),
-- The watermark may be held back behind what gold has already; what lies ahead of it is looked up. (The upper bound
-- tells the planner to expect little there.)
ahead_of_watermark as (
    select max(events.processed_at) as newest_at
    from silver.events as events
    where events.processed_at between (select watermark from gold_watermark) and 'infinity'
      and exists (
        select 1
        from gold.fact_events as fact
        where fact.event_id = events.event_id
          and fact.event_type = events.event_type
          and fact.event_time = events.event_time
      )
),
loaded as (
    select coalesce((select newest_at from ahead_of_watermark), (select watermark from gold_watermark)) as newest_at
),
newest_day as (
    select max(date_id) as date_id
    from gold.fact_events
    where date_id <= (select to_char(now_at at time zone 'UTC', 'YYYYMMDD')::integer from clock)
),
happened as (
    select max(event_time) as newest_at
    from gold.fact_events
    where date_id = (select date_id from newest_day)
      and event_time <= (select now_at from clock)
),
stages as (
    select 1 as position, 'bronze' as stage, newest_at from stored
    union all
    select 2, 'silver', newest_at from cleaned
    union all
    select 3, 'gold', newest_at from loaded
    union all
    select 4, 'event', newest_at from happened
)
select
    stage,
    newest_at,
    round(extract(epoch from clock.now_at - newest_at))::bigint as age_seconds
from stages
cross join clock
order by position;
