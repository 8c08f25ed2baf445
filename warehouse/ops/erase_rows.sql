-- Erases a person from the rows of one table or partition, in the caller's transaction. Nothing else may move rows of it
-- meanwhile.
--
-- relation     the table, or the partition of one
-- removes      whether rows of what the person did go altogether
-- only_counts  changes nothing
--
-- Gives how many rows were changed or removed, by event type where rows have one, and removed ones by source. Adds the keys
-- of removed events to the temporary table removed_keys, where there is one.
create or replace function ops.erase_rows(relation regclass, person ops.erased_person, removes boolean, only_counts boolean)
returns table (action text, event_type text, source text, row_count bigint)
language plpgsql as $$
declare
    columns constant text[] := array(
        select quote_ident(attname)
        from pg_attribute
        where attrelid = relation and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = ''
          and (atttypid in ('text'::regtype, 'jsonb'::regtype, 'text[]'::regtype) or (atttypid = 'bigint'::regtype and attname = 'actor_id'))
          and attname not in ('event_id', 'event_type')
        order by attnum
    );
    has constant text[] := array(select attname from pg_attribute where attrelid = relation and attnum > 0 and not attisdropped);
    removed bigint;
begin
    if columns = '{}' then
        return;
    end if;
    drop table if exists pg_temp.rows_to_erase;
    execute format(
        $query$
            create temporary table rows_to_erase on commit drop as
            select found.row_ctid, found.original, found.is_removed,
                case when not found.is_removed then ops.scrub(found.original, $1) end as scrubbed
            from (
                select
                    stored.ctid as row_ctid,
                    described.original,
                    $2 and (ops.is_by(case when jsonb_typeof(described.original #> '{payload,actor}') is not null then described.original -> 'payload' else described.original end, $1)).is_person as is_removed
                from %s as stored
                cross join lateral (select to_jsonb(stored) as original) as described
                where stored::text ~* $3
                offset 0
            ) as found
        $query$,
        relation
    ) using person, removes and 'event_type' = any (has), person.finder;
    delete from pg_temp.rows_to_erase as found where not found.is_removed and found.scrubbed = found.original;

    return query
    select
        case when found.is_removed then 'removed' else 'pseudonymised' end,
        found.original ->> 'event_type',
        case when found.is_removed then ops.scrub_text(found.original ->> 'source', person) end,
        count(*)
    from pg_temp.rows_to_erase as found
    group by 1, 2, 3
    order by 1, 2, 3;

    if only_counts then
        return;
    end if;
    if to_regclass('pg_temp.removed_keys') is not null then
        insert into pg_temp.removed_keys
        select found.original ->> 'event_id', found.original ->> 'event_type',
            coalesce(found.original ->> 'created_at', found.original ->> 'event_time')::timestamptz,
            found.original ->> 'repo_id', found.original ->> 'actor_id', found.original ->> 'number'
        from pg_temp.rows_to_erase as found
        where found.is_removed;
    end if;
    execute format('delete from %s as stored using pg_temp.rows_to_erase as found where stored.ctid = found.row_ctid and found.is_removed', relation);
    execute format(
        $query$
            update %1$s as stored
            set %2$s
            from pg_temp.rows_to_erase as found
            cross join lateral jsonb_populate_record(null::%1$s, found.scrubbed) as made
            where stored.ctid = found.row_ctid and not found.is_removed
        $query$,
        relation, (select string_agg(format('%1$s = made.%1$s', name), ', ') from unnest(columns) as name)
    );
end;
$$;
comment on function ops.erase_rows(regclass, ops.erased_person, boolean, boolean) is 'Erases a person from the rows of one table or partition.';
