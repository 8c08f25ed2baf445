-- One row.
--
-- Gaps that are open, by kind, since when, and the last healing: when, how many files it asked for, how many events it
-- brought.
with
open_gaps as (
    select kind, gap_from from ops.feed_gaps where status = 'open'
),
last_healing as (
    select finished_at, rows_in, rows_out
    from ops.pipeline_runs
    where pipeline = 'heal' and status = 'success'
    order by started_at desc
    limit 1
)
select
    (select count(*) from open_gaps) as open_count,
    (select count(*) from open_gaps where kind = 'no-overlap') as no_overlap_count,
    (select count(*) from open_gaps where kind = 'outage') as outage_count,
    (select count(*) from open_gaps where kind = 'archive-missing') as archive_missing_count,
    (select min(gap_from) from open_gaps) as open_since,
    (select finished_at from last_healing) as last_healed_at,
    (select rows_in from last_healing) as last_healing_file_count,
    (select rows_out from last_healing) as last_healing_event_count;
