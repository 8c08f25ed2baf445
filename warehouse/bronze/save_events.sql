-- Stores a batch of raw events, set-based and in key order (two batches with the same keys in
-- different order would deadlock). All or nothing: an item that cannot be an event fails the call with
-- an SQLSTATE of class 22, 23 or 54, and the caller narrows it down.
--
-- items     JSON texts with the record separator U+001E between them, which no JSON text can contain
-- source    where they came from
-- known_by  items that this very source showed before this time are counted as overlap; NULL counts none
--
-- Of an event that bronze has from another kind of source, the sighting is noted (bronze.sightings).
-- The planner must not unfold the JSON text more than once: hence `offset 0`.
create or replace function bronze.save_events(items text, source text, known_by timestamptz default null)
returns table (
    inserted bigint,
    overlap bigint,
    oldest_event_at timestamptz,
    newest_event_at timestamptz
)
-- What is known is found by one probe of the key for each item: the planner must not come to think that reading all of
-- bronze is cheaper. Equality, unlike `is not distinct from`, lets it probe the item's own month only.
language plpgsql set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
begin
    return query
    with parsed as (
        select item.n, item.text::jsonb as event
        from string_to_table(items, E'\x1e') with ordinality as item (text, n)
        offset 0
    ),
    keyed as (
        select
            n,
            bronze.event_id(event) as event_id,
            bronze.event_type(event) as event_type,
            bronze.readable_time(event ->> 'created_at') as created_at,
            event
        from parsed
        offset 0
    ),
    -- What bronze had before this statement.
    known as (
        select keyed.n, keyed.event_id, keyed.event_type, keyed.created_at, earlier.source, earlier.ingested_at
        from keyed
        join bronze.raw_events as earlier
            on earlier.event_id = keyed.event_id
            and earlier.event_type = keyed.event_type
            and earlier.created_at = keyed.created_at
        union all
        select keyed.n, keyed.event_id, keyed.event_type, keyed.created_at, earlier.source, earlier.ingested_at
        from keyed
        join bronze.raw_events as earlier
            on earlier.event_id = keyed.event_id
            and earlier.event_type = keyed.event_type
            and earlier.created_at is null
        where keyed.created_at is null
    ),
    -- Of these, what this source has shown before though another showed it first.
    seen_before as (
        select known.n
        from known
        join bronze.sightings as sighting
            on sighting.event_id = known.event_id
            and sighting.event_type = known.event_type
            and sighting.created_at = known.created_at
        where sighting.source = save_events.source and sighting.seen_at < known_by
        union all
        select known.n
        from known
        join bronze.sightings as sighting
            on sighting.event_id = known.event_id
            and sighting.event_type = known.event_type
            and sighting.created_at is null
        where known.created_at is null and sighting.source = save_events.source and sighting.seen_at < known_by
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
                or exists (select 1 from seen_before where seen_before.n = known.n)
              )
        ),
        (select min(keyed.created_at) from keyed),
        (select max(keyed.created_at) from keyed);
end;
$$;
comment on function bronze.save_events(text, text, timestamptz) is 'Stores a batch of raw events and says how many were new, how many were known before a time, and the span of their created_at.';
