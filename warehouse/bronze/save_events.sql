-- Stores a batch of raw events, set-based and in key order (two batches with the same keys in
-- different order would deadlock). All or nothing: when an item cannot be an event, nothing is stored, and the row
-- says why, with an SQLSTATE of class 22, 23 or 54; the caller narrows it down. The block below is a savepoint inside of
-- the server, so that a batch costs one round trip.
--
-- items     JSON texts with the record separator U+001E between them, which no JSON text can contain
-- source    where they came from
-- known_by  items that this very source showed before this time are counted as overlap; NULL counts none
--
-- Erased persons are kept out (bronze.admit_event); an event that may not be stored for that counts as known.
-- Of an event that bronze has from another kind of source, the sighting is noted (bronze.sightings).
-- The planner must not unfold the JSON text more than once: hence `offset 0`.
create or replace function bronze.save_events(items text, source text, known_by timestamptz default null)
returns table (
    inserted bigint,
    overlap bigint,
    oldest_event_at timestamptz,
    newest_event_at timestamptz,
    error_code text,
    error_message text
)
language plpgsql as $$
declare
    event_ids text[];
    event_types text[];
    times timestamptz[];
    events jsonb[];
    erased constant text := ops.erased_pattern(items);
begin
    select
        array_agg(bronze.event_id(event)),
        array_agg(bronze.event_type(event)),
        array_agg(bronze.readable_time(event ->> 'created_at')),
        array_agg(case when erased is null then event else bronze.admit_event(event, erased) end)
    into event_ids, event_types, times, events
    from (
        select item.text::jsonb as event
        from string_to_table(items, E'\x1e') as item (text)
        offset 0
    ) as parsed;

    with keyed as (
        select *
        from unnest(event_ids, event_types, times, events) as batch (event_id, event_type, created_at, event)
    ),
    -- What bronze had before this statement.
    known as (
        select * from bronze.find_known(event_ids, event_types, times)
    ),
    sighted as (
        insert into bronze.sightings (event_id, event_type, created_at, source_class, source)
        select known.event_id, known.event_type, known.created_at, ops.source_class(save_events.source), save_events.source
        from known
        where ops.source_class(known.source) <> ops.source_class(save_events.source)
        order by known.event_id, known.event_type, known.created_at
        on conflict do nothing
    ),
    stored as (
        insert into bronze.raw_events (event_id, event_type, created_at, source, payload)
        select keyed.event_id, keyed.event_type, keyed.created_at, save_events.source, keyed.event
        from keyed
        where keyed.event is not null
        order by keyed.event_id, keyed.event_type, keyed.created_at
        on conflict do nothing
        returning 1
    )
    select
        (select count(*) from stored),
        (
            select count(*) from known
            where known.ingested_at < known_by
              and (
                -- Own feeds are of one kind, and a sighting is kept once a kind: for them any source counts.
                save_events.source <> 'api:public'
                or known.source = save_events.source
                or known.n in (
                    select sighting.n
                    from bronze.find_sighted(event_ids, event_types, times, save_events.source, known_by) as sighting
                )
              )
        ),
        (select min(keyed.created_at) from keyed),
        (select max(keyed.created_at) from keyed)
    into inserted, overlap, oldest_event_at, newest_event_at;
    return next;
exception
    when data_exception or integrity_constraint_violation or program_limit_exceeded then
        inserted := 0;
        error_code := sqlstate;
        error_message := sqlerrm;
        return next;
end;
$$;
comment on function bronze.save_events(text, text, timestamptz) is 'Stores a batch of raw events and says how many were new, how many were known before a time, and the span of their created_at; or why it refused all of them.';
