-- One row per UTC hour and type of which completeness counts more events than bronze has.
--
-- layer: gold
-- category: consistency
-- why: A capture rate counted from events that are not there is too good to be true. The 48 hours counted last are compared.
with hours as (
    select distinct hour
    from gold.feed_coverage
    where computed_at >= ops.checked_since()
    order by hour desc
    limit 48
)
select coverage.hour, coverage.event_type, coverage.captured_count, coalesce(stored.event_count, 0) as in_bronze
from hours
join gold.feed_coverage as coverage on coverage.hour = hours.hour
left join lateral (
    select raw.event_type, count(*) as event_count
    from bronze.raw_events as raw
    where raw.created_at >= hours.hour and raw.created_at < hours.hour + interval '1 hour'
    group by raw.event_type
) as stored on stored.event_type = coverage.event_type
where coverage.captured_count > coalesce(stored.event_count, 0)
  and not ops.was_dropped('bronze.raw_events', hours.hour)
