-- One row per fact whose day or hour is not that of its event_time in UTC.
--
-- layer: gold
-- category: consistency
-- why: Reports restrict days by date_id and look at event_time: the two must say the same.
select event_id, event_type, event_time, date_id, event_hour
from gold.fact_events
where silver_processed_at >= ops.checked_since()
  and (date_id, event_hour) is distinct from (
    to_char(event_time at time zone 'UTC', 'YYYYMMDD')::integer,
    extract(hour from event_time at time zone 'UTC')::smallint
  )
