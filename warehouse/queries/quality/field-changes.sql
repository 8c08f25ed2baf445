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
    found_at
from ops.payload_changes
order by since desc, event_type, kind, path
limit 1000;
