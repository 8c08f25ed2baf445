-- One row.
--
-- Whether gold has every silver row with a readable time (the others stay out on purpose): missing_count counts
-- those it lacks, of which waiting_count are still to come (at or ahead of the watermark) and skipped_count lie behind
-- it: a count that stays for longer than the grace window is a fault. surplus_count counts facts without a silver row
-- and is always 0; facts of months that silver has dropped (retention) are counted apart. Reads both tables in full.
with
events as (
    select event_id, event_type, event_time, processed_at from silver.events
),
facts as (
    select event_id, event_type, event_time from gold.fact_events
),
dropped as (
    select ops.dropped_times('silver.events') as times
),
watermark as (
    select watermark from ops.pipeline_watermarks where pipeline = 'gold'
),
missing as (
    select
        count(*) as missing_count,
        count(*) filter (
            where events.processed_at >= coalesce((select watermark from watermark), '-infinity')
        ) as waiting_count
    from events
    where events.event_time is not null
      and not exists (
        select 1
        from facts
        where facts.event_id = events.event_id
          and facts.event_type = events.event_type
          and facts.event_time = events.event_time
      )
),
counts as (
    select
        (select count(*) from events) as silver_count,
        (select count(*) from events where event_time is null) as without_time_count,
        (select count(*) from facts) as fact_count,
        (
            select count(*)
            from facts
            where facts.event_time <@ (select times from dropped)
              and not exists (
                select 1
                from events
                where events.event_id = facts.event_id
                  and events.event_type = facts.event_type
                  and events.event_time = facts.event_time
              )
        ) as outlived_count
)
select
    counts.silver_count,
    counts.without_time_count,
    counts.fact_count,
    missing.missing_count,
    missing.waiting_count,
    missing.missing_count - missing.waiting_count as skipped_count,
    counts.outlived_count,
    counts.fact_count - counts.outlived_count - (counts.silver_count - counts.without_time_count - missing.missing_count) as surplus_count
from counts
cross join missing;
