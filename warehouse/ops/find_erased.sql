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
    -- One alternative for all names of a kind and length: the time to compile it grows with the square of their number.
    select string_agg(shape, '|')
    into pattern
    from (
        select case kind
            when 'id' then format('(^|[^0-9])(%s)[0-9]{%s}([^0-9]|$)', prefixes, rest)
            when 'login' then format('(^|[^a-z0-9]|\\[bfnrt]|%%[0-9a-f]{2})(%s)[][a-z0-9_-]{%s}', prefixes, rest)
            else format('(^|[^[:alnum:]]|\\[bfnrt])(%s).{%s}', prefixes, rest)
        end as shape
        from (
            select
                kind,
                -- An expression counts to 255.
                least(length - length(prefix), 100) as rest,
                string_agg(distinct ops.quote_pattern(prefix), '|') as prefixes
            from ops.erased_names
            group by 1, 2
        ) as groups
    ) as shapes;
    if pattern is null then
        return null;
    end if;
    -- What a login is made of, written as \u00XX, could hide a name; and so could any letter of one that begins outside of ASCII.
    pattern := pattern || case
        when exists (select from ops.erased_names where kind = 'text' and prefix ~ '[^ -~]') then '|\\u[0-9a-f]{4}'
        else '|\\u00(2d|3[0-9]|[46][1-9a-f]|[57][0-9abdf])'
    end;
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
            else '(?:^|[^a-z0-9-]|[^a-z0-9]-|\\[bfnrt]|%[0-9a-f]{2})((?:' || string_agg(distinct ops.quote_pattern(shapes.prefix), '|') || ')[][a-z0-9_-]*)'
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
    -- In bonn_bob and [bonn][bob] another login begins inside of the word; in \nada the first letter is none.
    begun as (
        select found.kind, substr(found.word, place) as word
        from found
        cross join lateral generate_series(1, case found.kind when 'login' then length(found.word) else 1 end) as place
        where place <= 2 or substr(found.word, place - 1, 1) ~ '[^a-z0-9]'
    ),
    words as (
        select begun.kind, left(begun.word, shapes.length) as word
        from begun
        join shapes on shapes.kind = begun.kind and starts_with(begun.word, shapes.prefix)
        where case begun.kind when 'id' then length(begun.word) = shapes.length else length(begun.word) >= shapes.length end
        union
        -- A text may begin inside of what only begins like it: each place is looked at.
        select shapes.kind, substr(lower_written, place.ends_at - length(shapes.prefix) + 1, shapes.length)
        from shapes
        cross join lateral (
            select sum(length(part.text) + length(shapes.prefix)) over (order by part.n)::integer as ends_at
            from string_to_table(lower_written, shapes.prefix) with ordinality as part (text, n)
        ) as place
        where shapes.kind = 'text'
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
