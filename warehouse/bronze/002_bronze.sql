-- What GitHub said, as GitHub said it.
create schema if not exists bronze;
comment on schema bronze is 'Raw events as they came, append-only, and every item that could not be stored as one.';

-- One row per event.
create table bronze.raw_events (
    event_id text not null,
    event_type text not null,
    created_at timestamptz,
    ingested_at timestamptz not null default now(),
    source text not null,
    payload jsonb not null,
    constraint raw_events_key unique nulls not distinct (event_id, event_type, created_at),
    constraint raw_events_id_has_sane_length check (length(event_id) between 1 and 200),
    constraint raw_events_type_has_sane_length check (length(event_type) between 1 and 200),
    constraint raw_events_payload_is_object check (jsonb_typeof(payload) = 'object')
);
create index raw_events_ingested_at on bronze.raw_events (ingested_at);

comment on table bronze.raw_events is 'One row per event. Append-only. An event is (event_id, event_type, created_at): GitHub has restarted its id sequence, so an id alone names no event.';
comment on column bronze.raw_events.event_id is 'GitHub''s id of the event, as text.';
comment on column bronze.raw_events.event_type is 'GitHub''s type, such as PushEvent.';
comment on column bronze.raw_events.created_at is 'When it happened, by GitHub''s clock; NULL when the event does not say it readably.';
comment on column bronze.raw_events.ingested_at is 'Start of the transaction that stored the row.';
comment on column bronze.raw_events.source is 'Where it was first seen: api:public, api:orgs/x, gharchive:2026-01-31-7, file:NAME.';
comment on column bronze.raw_events.payload is 'The whole event as it was sent (not only its payload field).';

-- One row per item refused.
create table bronze.dead_letter_queue (
    dead_letter_id bigint generated always as identity primary key,
    source text not null,
    position text,
    raw bytea not null,
    raw_sha256 bytea not null generated always as (sha256(raw)) stored,
    error_code text not null,
    error_message text not null,
    failed_at timestamptz not null default now(),
    last_failed_at timestamptz not null default now(),
    attempts integer not null default 1,
    resolved_at timestamptz,
    resolution text check (resolution in ('replayed', 'discarded')),
    resolution_note text,
    constraint dead_letter_queue_key unique nulls not distinct (source, position, raw_sha256)
);

comment on table bronze.dead_letter_queue is 'One row per item that could not be stored as an event, with its bytes as they came.';
comment on column bronze.dead_letter_queue.dead_letter_id is 'Number of the dead letter.';
comment on column bronze.dead_letter_queue.source is 'Where it came from, written as in bronze.raw_events.source.';
comment on column bronze.dead_letter_queue.position is 'Where in the source: the line of a file. NULL for a feed, whose pages drift, so that the same item offered again is the same dead letter.';
comment on column bronze.dead_letter_queue.raw is 'The item''s bytes, unchanged.';
comment on column bronze.dead_letter_queue.raw_sha256 is 'SHA-256 of raw, by which the item is recognised when it comes again.';
comment on column bronze.dead_letter_queue.error_code is 'PostgreSQL''s SQLSTATE for what was wrong with it.';
comment on column bronze.dead_letter_queue.error_message is 'What was wrong with it.';
comment on column bronze.dead_letter_queue.failed_at is 'When it was first refused.';
comment on column bronze.dead_letter_queue.last_failed_at is 'When it was last refused.';
comment on column bronze.dead_letter_queue.attempts is 'How often it was refused.';
comment on column bronze.dead_letter_queue.resolved_at is 'When it was replayed into bronze or discarded; NULL while it is open.';
comment on column bronze.dead_letter_queue.resolution is 'replayed or discarded; NULL while it is open.';
comment on column bronze.dead_letter_queue.resolution_note is 'Why it was discarded, or what its replay brought.';

-- Bronze takes inserts only, so nothing is ever vacuumed for dead rows: let inserts keep the visibility
-- map and the statistics fresh, and freeze early, while the pages are still in memory.
alter table bronze.raw_events set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02, autovacuum_freeze_min_age = 1000000);

-- lz4 packs nearly as well as PostgreSQL's own method and is several times faster, where the server was built with it.
do $$
begin
    if (select 'lz4' = any (enumvals) from pg_settings where name = 'default_toast_compression') then
        alter table bronze.raw_events alter column payload set compression lz4;
    end if;
end;
$$;
