-- One row per silver event whose fields are not those of its bronze event.
--
-- layer: silver
-- category: consistency
-- why: Silver may only repeat what GitHub said. The newest 5,000 events are compared field by field.
with newest as (
    select event_id, event_type, event_time, ingested_at, source, actor_id, repo_id, repo_name
    from silver.events
    where processed_at >= ops.checked_since()
    order by processed_at desc
    limit 5000
)
select
    newest.event_id,
    newest.event_type,
    newest.event_time,
    newest.actor_id,
    raw.payload #>> '{actor,id}' as actor_id_sent,
    newest.repo_id,
    raw.payload #>> '{repo,id}' as repo_id_sent,
    newest.repo_name,
    raw.payload #>> '{repo,name}' as repo_name_sent
from newest
join bronze.raw_events as raw
    on raw.event_id = newest.event_id
    and raw.event_type = newest.event_type
    and raw.created_at is not distinct from newest.event_time
where (newest.source, newest.ingested_at) is distinct from (raw.source, raw.ingested_at)
   or (raw.payload ? 'actor' and newest.actor_id is distinct from nullif(raw.payload #>> '{actor,id}', ''))
   or (
    jsonb_typeof(raw.payload -> 'repo') = 'object'
    and raw.payload -> 'repo' ? 'name'
    and (newest.repo_id, newest.repo_name) is distinct from (
        nullif(coalesce(raw.payload #>> '{repo,id}', raw.payload #>> '{repository,id}'), ''),
        nullif(raw.payload #>> '{repo,name}', '')
    )
   )
