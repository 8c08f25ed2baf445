-- Stores many raw events at once, in key order: what save_events does, for a chunk of a file. Items whose id or type is
-- missing or too long are left out and named; when one is no JSON at all, or none that jsonb takes, nothing is stored,
-- and the row says why, with an SQLSTATE of class 22 or 54.
--
-- items       JSON texts with the record separator U+001E between them, which no JSON text can contain
-- item_count  how many they are
-- source      where they came from
--
-- Gives how many were new, and the numbers, from 1, of those left out. Erased persons are kept out (bronze.admit_event);
-- an event that may not be stored for that counts as known.
--
-- Only when some were not new does it read the items again, for the sightings and for what was left out: carrying the
-- keys of all of them from one statement to the other costs a fresh load an eighth of its time. Sorting a chunk needs
-- more memory than the server's default, or it goes through a file.
create or replace function bronze.save_bulk(items text, item_count bigint, source text)
returns table (inserted bigint, left_out bigint[], error_code text, error_message text)
language plpgsql set work_mem = '64MB' as $$
declare
    event_ids text[];
    event_types text[];
    times timestamptz[];
    erased constant text := ops.erased_pattern(items);
begin
    left_out := '{}';
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
        select keyed.event_id, keyed.event_type, keyed.created_at, save_bulk.source, keyed.event
        from keyed
        where bronze.is_identity(keyed.event_id, keyed.event_type) and keyed.event is not null
        order by keyed.event_id, keyed.event_type, keyed.created_at
        on conflict do nothing
        returning 1
    )
    select count(*) into inserted from stored;

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

        insert into bronze.sightings (event_id, event_type, created_at, source_class, source)
        select known.event_id, known.event_type, known.created_at, ops.source_class(save_bulk.source), save_bulk.source
        from bronze.find_known(event_ids, event_types, times) as known
        -- What this call has just stored is of its own class.
        where ops.source_class(known.source) <> ops.source_class(save_bulk.source)
        order by known.event_id, known.event_type, known.created_at
        on conflict do nothing;

        select coalesce(array_agg(item.n order by item.n), '{}') into left_out
        from unnest(event_ids, event_types) with ordinality as item (event_id, event_type, n)
        where bronze.is_identity(item.event_id, item.event_type) is not true;
    end if;
    return next;
exception
    when data_exception or integrity_constraint_violation or program_limit_exceeded then
        inserted := 0;
        left_out := '{}';
        error_code := sqlstate;
        error_message := sqlerrm;
        return next;
end;
$$;
comment on function bronze.save_bulk(text, bigint, text) is 'Stores many raw events at once; says how many were new, and which have no id or type and were left out; or why it refused all of them.';
