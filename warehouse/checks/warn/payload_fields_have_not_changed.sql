-- One row per event type and kind of change of its fields that this run found.
--
-- layer: bronze
-- category: schema drift
-- why: GitHub changes payloads without notice: in October 2025 pushes lost their commits. Each change is reported once.
select
    kind,
    event_type,
    count(*) as field_count,
    string_agg(
        path || case when kind = 'retyped' then format(' (%s, was %s)', json_type, earlier_type) else '' end,
        ', ' order by path
    ) as fields,
    min(since) as since,
    max(last_before) as last_before,
    min(example_event_id) as example_event_id,
    (array_agg(path || ' = ' || example order by path) filter (where example is not null))[1] as example
from ops.payload_changes
where found_at >= current_setting('assay.run_began_at')::timestamptz
group by kind, event_type
order by kind desc, event_type
