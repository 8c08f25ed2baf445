-- One row per field of an event type that came, went, or changed its JSON type, newest change first.
select
    kind,
    event_type,
    path,
    json_type,
    earlier_type,
    since,
    last_before,
    count_before,
    count_after,
    example_event_id,
    example,
    (
        select string_agg(incident.what || ', ' || to_char(incident.started_at at time zone 'UTC', 'YYYY-MM-DD'), '; ' order by incident.started_at)
        from gold.dim_feed_incident as incident
        where incident.what like '%payload%'
          and incident.started_at > change.last_before
          and incident.started_at <= change.since
    ) as known_incident,
    found_at
from ops.payload_changes as change
order by since desc, event_type, kind, path
limit 1000;
