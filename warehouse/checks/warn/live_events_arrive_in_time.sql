-- One row when half of the events of the public feed came in too late.
--
-- layer: bronze
-- category: freshness
-- why: GitHub shows events within minutes as a rule. A long delay means that recent hours look emptier than they were.
-- setting: max_arrival_minutes = 60  Minutes from an event to its arrival that are still fine, at the median.
-- setting: min_rows = 200  Rows below which a share says nothing.
select
    count(*) as event_count,
    round(extract(epoch from percentile_cont(0.5) within group (order by ingested_at - created_at)) / 60) as median_minutes
from bronze.raw_events
where ingested_at >= ops.checked_since()
  and source = 'api:public'
having count(*) >= current_setting('assay.min_rows')::integer
   and percentile_cont(0.5) within group (order by ingested_at - created_at)
        > make_interval(mins => current_setting('assay.max_arrival_minutes')::integer)
