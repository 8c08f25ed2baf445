-- Stores a batch of raw events, set-based and in key order (two batches with the same keys in different order would
-- deadlock). Items whose id or type is missing or too long are left out and named. When one is no JSON at all, or none
-- that jsonb takes, nothing is stored, and the row says why, with an SQLSTATE of class 22, 23 or 54; the caller narrows
-- it down. The block below is a savepoint inside of the server, so that a batch costs one round trip.
--
-- items       JSON texts with the record separator U+001E between them, which no JSON text can contain
-- item_count  how many they are
-- source      where they came from
-- known_by    items that this very source showed before this time are counted as overlap; NULL counts none
--
-- Gives how many were new, the numbers, from 1, of those left out, how many are overlap, and the span of created_at of
-- all that are events. Erased persons are kept out (bronze.admit_event); an event that may not be stored for that counts
-- as known. Of an event that bronze has from another kind of source, the sighting is noted (bronze.sightings).
--
-- Only when some were not new does it read the items again, for the sightings and for what was left out: carrying the
-- keys of all of them from one statement to the other costs a fresh load an eighth of its time. The planner must not
-- unfold the JSON text more than once: hence `offset 0`. Sorting a chunk of a file needs more memory than the server's
-- default, or it goes through a file.
create or replace function bronze.save_events(items text, item_count bigint, source text, known_by timestamptz default null)
returns table (
    inserted bigint,
    left_out bigint[],
    overlap bigint,
    oldest_event_at timestamptz,
    newest_event_at timestamptz,
    error_code text,
    error_message text
)
language plpgsql set work_mem = '64MB' as $$
declare
    event_ids text[];
    event_types text[];
    times timestamptz[];
    erased constant text := ops.erased_pattern(items);
begin
    left_out := '{}';
    overlap := 0;
    with parsed as (
        select item.text::jsonb as event
        from string_to_table(items, E'\x1e') as item (text)
        offset 0
    ),
    keyed as (
        select
            bronze.event_id(event) as event_id,
            bronze.event_type(event) as event_type,
            bronze.readable_time(event ->> 'created_at') as created_at,
            case when erased is null then event else bronze.admit_event(event, erased) end as event
        from parsed
        offset 0
    ),
    stored as (
        insert into bronze.raw_events (event_id, event_type, created_at, source, payload)
        select keyed.event_id, keyed.event_type, keyed.created_at, save_events.source, keyed.event
        from keyed
        where bronze.is_identity(keyed.event_id, keyed.event_type) and keyed.event is not null
        order by keyed.event_id, keyed.event_type, keyed.created_at
        on conflict do nothing
        returning created_at
    )
    select count(*), min(stored.created_at), max(stored.created_at)
    into inserted, oldest_event_at, newest_event_at
    from stored;

    if inserted < item_count then
        select
            array_agg(bronze.event_id(event)),
            array_agg(bronze.event_type(event)),
            array_agg(bronze.readable_time(event ->> 'created_at'))
        into event_ids, event_types, times
        from (
            select item.text::jsonb as event
            from string_to_table(items, E'\x1e') as item (text)
            offset 0
        ) as parsed;

        -- What this call has just stored is of its own kind of source, and later than known_by.
        with known as (
            select * from bronze.find_known(event_ids, event_types, times)
        ),
        sighted as (
            insert into bronze.sightings (event_id, event_type, created_at, source_class, source)
            select known.event_id, known.event_type, known.created_at, ops.source_class(save_events.source), save_events.source
            from known
            where ops.source_class(known.source) <> ops.source_class(save_events.source)
            order by known.event_id, known.event_type, known.created_at
            on conflict do nothing
        )
        select count(*) into overlap
        from known
        where known.ingested_at < known_by
          and (
            -- Own feeds are of one kind, and a sighting is kept once a kind: for them any source counts.
            save_events.source <> 'api:public'
            or known.source = save_events.source
            or known.n in (
                select sighting.n
                from bronze.find_sighted(event_ids, event_types, times, save_events.source, known_by) as sighting
            )
          );

        select
            coalesce(array_agg(item.n order by item.n) filter (where item.is_event is not true), '{}'),
            min(item.created_at) filter (where item.is_event),
            max(item.created_at) filter (where item.is_event)
        into left_out, oldest_event_at, newest_event_at
        from (
            select batch.n, batch.created_at, bronze.is_identity(batch.event_id, batch.event_type) as is_event
            from unnest(event_ids, event_types, times) with ordinality as batch (event_id, event_type, created_at, n)
        ) as item;
    end if;
    return next;
exception
    when data_exception or integrity_constraint_violation or program_limit_exceeded then
        inserted := 0;
        left_out := '{}';
        overlap := 0;
        error_code := sqlstate;
        error_message := sqlerrm;
        return next;
end;
$$;
comment on function bronze.save_events(text, bigint, text, timestamptz) is 'Stores a batch of raw events; says how many were new, which have no id or type and were left out, how many were known before a time, and the span of their created_at; or why it refused all of them.';
