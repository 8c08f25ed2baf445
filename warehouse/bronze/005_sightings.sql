-- One row per event and further kind of source that showed it.
--
-- bronze.raw_events.source tells who showed an event first. Here stands who else did, once per kind of source
-- however often it did: a duplicate costs at most one small row per kind, and most cost none.
create table bronze.sightings (
    event_id text not null,
    event_type text not null,
    created_at timestamptz,
    source_class text not null,
    source text not null,
    seen_at timestamptz not null default now(),
    constraint sightings_key unique nulls not distinct (event_id, event_type, created_at, source_class)
);
create index sightings_seen_at on bronze.sightings (seen_at);

comment on table bronze.sightings is 'One row per event and further kind of source that showed it, besides the one that showed it first (bronze.raw_events.source). Append-only.';
comment on column bronze.sightings.event_id is 'As in bronze.raw_events.';
comment on column bronze.sightings.event_type is 'As in bronze.raw_events.';
comment on column bronze.sightings.created_at is 'As in bronze.raw_events.';
comment on column bronze.sightings.source_class is 'Kind of source, see ops.source_class: public-feed, own-feed, gharchive, archive:NAME or file.';
comment on column bronze.sightings.source is 'The first source of that kind that showed it.';
comment on column bronze.sightings.seen_at is 'Start of the transaction that noted it.';
