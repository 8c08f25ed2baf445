-- Stores many raw events at once, in key order: what save_events does, for a chunk of a file. All or nothing: an
-- item that cannot be an event fails the call with an SQLSTATE of class 22, 23 or 54. Gives how many were new.
--
-- items       JSON texts with the record separator U+001E between them, which no JSON text can contain
-- item_count  how many they are
-- source      where they came from
--
-- Only when some were known does it read the items again to note the sightings: carrying the keys of all of them
-- from one statement to the other costs a fresh load an eighth of its time. Sorting a chunk needs more memory than
-- the server's default, or it goes through a file.
create or replace function bronze.save_bulk(items text, item_count bigint, source text) returns bigint
language plpgsql set work_mem = '64MB' as $$
declare
    inserted bigint;
begin
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
            event
        from parsed
        offset 0
    ),
    stored as (
        insert into bronze.raw_events (event_id, event_type, created_at, source, payload)
        select keyed.event_id, keyed.event_type, keyed.created_at, save_bulk.source, keyed.event
        from keyed
        order by keyed.event_id, keyed.event_type, keyed.created_at
        on conflict do nothing
        returning 1
    )
    select count(*) into inserted from stored;

    if inserted < item_count then
        with parsed as (
            select item.text::jsonb as event
            from string_to_table(items, E'\x1e') as item (text)
            offset 0
        ),
        keyed as (
            select
                bronze.event_id(event) as event_id,
                bronze.event_type(event) as event_type,
                bronze.readable_time(event ->> 'created_at') as created_at
            from parsed
            offset 0
        )
        insert into bronze.sightings (event_id, event_type, created_at, source_class, source)
        select keyed.event_id, keyed.event_type, keyed.created_at, ops.source_class(save_bulk.source), save_bulk.source
        from keyed
        join bronze.raw_events as stored
            on stored.event_id = keyed.event_id
            and stored.event_type = keyed.event_type
            and stored.created_at is not distinct from keyed.created_at
        -- What this call has just stored is of its own class.
        where ops.source_class(stored.source) <> ops.source_class(save_bulk.source)
        order by keyed.event_id, keyed.event_type, keyed.created_at
        on conflict do nothing;
    end if;
    return inserted;
end;
$$;
comment on function bronze.save_bulk(text, bigint, text) is 'Stores many raw events at once and says how many were new.';
