-- Keeping erased persons out of what comes in. What it costs when nobody was erased is a look at an empty table for each
-- batch; when somebody was, one regular expression over the batch.

-- A pattern that matches whatever may hold a name of an erased person, for a batch that it matches; NULL for any other.
-- Most of what it matches are other words: ops.find_erased compares hashes.
--
-- Takes the lock that an erasure begins with, so that no batch is stored that did not know of it.
create or replace function ops.erased_pattern(batch text) returns text
language plpgsql as $$
declare
    pattern text;
begin
    perform pg_advisory_xact_lock_shared(hashtext('assay.erasures'));
    select string_agg(distinct shape, '|')
    into pattern
    from (
        select case kind
            when 'id' then format('(^|[^0-9])%s[0-9]{%s}([^0-9]|$)', prefix, length - length(prefix))
            when 'login' then format('(^|[^a-z0-9]|\\[bfnrt])%s[][a-z0-9_-]{%s}', ops.quote_pattern(prefix), length - length(prefix))
            else format('(^|[^[:alnum:]]|\\[bfnrt])%s.{%s}', ops.quote_pattern(prefix), length - length(prefix))
        end as shape
        from ops.erased_names
    ) as shapes;
    if pattern is null then
        return null;
    end if;
    -- An ASCII letter or digit written as \u00XX could hide a name.
    pattern := pattern || '|\\u00(3[0-9]|[46][1-9a-f]|[57][0-9a])';
    return case when batch ~* pattern then pattern end;
end;
$$;
comment on function ops.erased_pattern(text) is 'A pattern of what may name an erased person, if a batch has any such thing; else NULL.';

-- One row per erased person whom a text names.
create or replace function ops.find_erased(written text)
returns table (erased_actor_id bigint, removes boolean, person ops.erased_person)
language plpgsql stable as $$
declare
    salt constant bytea := (select key.salt from ops.erasure_key as key);
    shape record;
    position integer;
    word text;
    found_numbers bigint[] := '{}';
    found_kinds text[] := '{}';
    found_names text[] := '{}';
    known_number bigint;
begin
    for shape in select distinct names.kind, names.prefix, names.length from ops.erased_names as names loop
        position := 0;
        loop
            position := regexp_instr(
                written,
                case when shape.kind = 'id' then '(?<![0-9])' else '((?<![a-z0-9])|(?<=\\[bfnrt]))' end
                || '(?=' || ops.quote_pattern(shape.prefix) || case when shape.kind = 'id' then '[0-9]' else '' end || ')',
                position + 1, 1, 0, 'i'
            );
            exit when position = 0;
            word := lower(substr(written, position, shape.length));
            continue when length(word) < shape.length or word = any (found_names);
            continue when shape.kind = 'id' and word !~ '^[0-9]+$';
            continue when shape.kind = 'login' and word !~ '^[][a-z0-9_-]+$';
            select names.erased_actor_id into known_number
            from ops.erased_names as names
            where names.name_hash = ops.hash_name(salt, shape.kind, word);
            if known_number is not null then
                found_numbers := found_numbers || known_number;
                found_kinds := found_kinds || shape.kind;
                found_names := found_names || word;
            end if;
        end loop;
    end loop;

    return query
    select
        actors.erased_actor_id,
        actors.removes,
        ops.make_person(
            -- An id that is not there is one that nothing has: accounts with a known login and another id are others'.
            coalesce(
                max(found.name) filter (where found.kind = 'id'),
                case when exists (
                    select from ops.erased_names as names
                    where names.erased_actor_id = actors.erased_actor_id and names.kind = 'id'
                ) then '' end
            ),
            coalesce(array_agg(found.name) filter (where found.kind = 'login'), '{}'),
            coalesce(array_agg(found.name) filter (where found.kind = 'text'), '{}'),
            actors.erases_words, actors.pseudonym, actors.pseudonym_id
        )
    from unnest(found_numbers, found_kinds, found_names) as found (number, kind, name)
    join ops.erased_actors as actors on actors.erased_actor_id = found.number
    group by actors.erased_actor_id
    order by actors.erased_actor_id;
end;
$$;
comment on function ops.find_erased(text) is 'One row per erased person whom a text names.';
