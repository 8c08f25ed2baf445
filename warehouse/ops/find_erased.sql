-- Keeping erased persons out of what comes in. What it costs when nobody was erased is a look at an empty table for each
-- batch; when somebody was, one regular expression over the batch.

-- A pattern that matches whatever may hold a name of an erased person, for a batch that it matches; NULL for any other.
-- Most of what it matches are other words: ops.find_erased compares hashes.
--
-- Takes the lock that an erasure begins with, so that no batch is stored that did not know of it.
create or replace function ops.erased_pattern(batch text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
    lower_written constant text := lower(written);
    found_numbers bigint[];
    found_kinds text[];
    found_names text[];
begin
    -- One expression for all names of a kind: the server keeps no more than 32 compiled. A look-behind would cost ten times
    -- as much; a boundary that is matched with the word does as well here.
    with shapes as materialized (
        select distinct names.kind, names.prefix, names.length from ops.erased_names as names
    ),
    patterns as (
        select shapes.kind, case shapes.kind
            when 'id' then '(?:^|[^0-9])((?:' || string_agg(distinct shapes.prefix, '|') || ')[0-9]*)'
            else '(?:^|[^a-z0-9-]|[^a-z0-9]-|\\[bfnrt])((?:' || string_agg(distinct ops.quote_pattern(shapes.prefix), '|') || ')[][a-z0-9_-]*)'
        end as pattern
        from shapes
        where shapes.kind <> 'text'
        group by shapes.kind
    ),
    found as (
        select distinct patterns.kind, match[1] as word
        from patterns
        cross join lateral regexp_matches(lower_written, patterns.pattern, 'g') as match
    ),
    words as (
        select found.kind, left(found.word, shapes.length) as word
        from found
        join shapes on shapes.kind = found.kind and starts_with(found.word, shapes.prefix)
        where case found.kind when 'id' then length(found.word) = shapes.length else length(found.word) >= shapes.length end
        union
        -- A text may begin inside of what only begins like it: each place is looked at. Its prefix may come up in it thrice.
        select shapes.kind, left(shapes.prefix || piece.written, shapes.length)
        from shapes
        cross join lateral (
            select part.n, string_agg(part.text, shapes.prefix) over (order by part.n rows between current row and 3 following) as written
            from string_to_table(lower_written, shapes.prefix) with ordinality as part (text, n)
        ) as piece
        where shapes.kind = 'text' and piece.n > 1
    )
    select array_agg(names.erased_actor_id), array_agg(words.kind), array_agg(words.word)
    into found_numbers, found_kinds, found_names
    from words
    join ops.erased_names as names on names.name_hash = ops.hash_name(salt, words.kind, words.word);

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
