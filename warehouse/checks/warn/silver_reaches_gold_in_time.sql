-- One row when silver rows have waited too long for gold.
--
-- layer: gold
-- category: freshness
-- why: Whoever reads gold does not see what waits. The default allows for one run a day.
-- setting: max_layer_lag_minutes = 1560  Minutes a row may wait for the next layer.
select count(*) as waiting_count, min(event.processed_at) as waiting_since
from silver.events as event
where event.event_time is not null
  and event.processed_at >= (select ops.complete_until('gold'))
  and event.processed_at < ops.checked_at() - make_interval(mins => current_setting('assay.max_layer_lag_minutes')::integer)
  and not exists (
    select 1
    from gold.fact_events as fact
    where fact.event_id = event.event_id
      and fact.event_type = event.event_type
      and fact.event_time = event.event_time
  )
having count(*) > 0
