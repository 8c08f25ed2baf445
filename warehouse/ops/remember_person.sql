-- The tombstones: who was erased, without saying who.

create or replace function ops.hash_name(salt bytea, kind text, name text) returns bytea
language sql immutable parallel safe as $$
    select sha256(salt || sha256(salt || convert_to(kind || ':' || lower(name), 'UTF8')));
$$;
comment on function ops.hash_name(bytea, text, text) is 'Salted SHA-256 of a name, whatever its case.';

-- Enters names of a person. Those that are known stay whose they are.
create or replace function ops.remember_names(person_number bigint, kind text, names text[]) returns void
language sql as $$
    insert into ops.erased_names (name_hash, erased_actor_id, kind, prefix, length)
    select
        ops.hash_name(key.salt, remember_names.kind, form),
        person_number,
        remember_names.kind,
        case
            when remember_names.kind = 'id' then left(form, greatest(length(form) - 4, 0))
            -- Two bytes in octal begin no fewer words than two letters.
            when form like '\\%' then left(lower(form), 8)
            else left(lower(form), 2)
        end,
        length(form)
    from unnest(names) as name
    cross join lateral ops.written_forms(name) as form
    cross join ops.erasure_key as key
    where form <> ''
    order by 1
    on conflict do nothing;
$$;
comment on function ops.remember_names(bigint, text, text[]) is 'Enters ids, logins or texts of an erased person, as hashes.';

-- The person whom a name was erased of; NULL when it was not.
create or replace function ops.erased_actor_of(kind text, name text) returns bigint
language sql stable as $$
    select names.erased_actor_id
    from ops.erasure_key as key
    join ops.erased_names as names on names.name_hash = ops.hash_name(key.salt, erased_actor_of.kind, erased_actor_of.name);
$$;
comment on function ops.erased_actor_of(text, text) is 'The person whom a name was erased of; NULL when it was not.';

-- Begins the erasure of a person, or goes on with one that was cut short: enters the tombstone and the receipt. From the
-- end of the transaction on, nothing of theirs comes in: whoever stores events at this moment is waited for.
create or replace function ops.begin_erasure(
    actor_id text,
    logins text[],
    texts text[],
    removes boolean,
    erases_words boolean,
    out erasure_id uuid,
    out person ops.erased_person
)
language plpgsql as $$
declare
    person_number bigint;
    mark constant text := left(replace(gen_random_uuid()::text, '-', ''), 12);
    actor ops.erased_actors;
begin
    perform pg_advisory_xact_lock(hashtext('assay.erasures'));
    insert into ops.erasure_key (salt)
    values (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))
    on conflict do nothing;

    select coalesce(
        ops.erased_actor_of('id', begin_erasure.actor_id),
        -- Not somebody else who had the login at another time.
        (
            select min(erased.erased_actor_id)
            from ops.erased_actors as erased
            where erased.erased_actor_id in (select ops.erased_actor_of('login', name) from unnest(logins) as name)
              and (
                begin_erasure.actor_id is null
                or not exists (select from ops.erased_names as names where names.erased_actor_id = erased.erased_actor_id and names.kind = 'id')
              )
        )
    ) into person_number;
    if person_number is null then
        insert into ops.erased_actors (pseudonym, pseudonym_id, removes, erases_words)
        values (
            'erased-' || mark || case when logins[1] like '%[bot]' then '[bot]' else '' end,
            -- 49 random bits, so that it stays below 9 times 10 to the 15th.
            8000000000000000 + ('x' || left(mark, 12))::bit(48)::bigint,
            begin_erasure.removes,
            begin_erasure.erases_words
        )
        returning erased_actor_id into person_number;
    else
        -- Who was to be removed once is not let in again.
        update ops.erased_actors as stored
        set removes = stored.removes or begin_erasure.removes, erases_words = begin_erasure.erases_words
        where erased_actor_id = person_number;
    end if;
    select * into actor from ops.erased_actors where erased_actor_id = person_number;
    perform ops.remember_names(person_number, 'id', array[begin_erasure.actor_id]);
    -- What was kept under the pseudonym before can be removed under it, and stays out.
    perform ops.remember_names(person_number, 'login', logins || case when actor.removes then array[actor.pseudonym] end);
    perform ops.remember_names(person_number, 'text', texts);

    select erasures.erasure_id into erasure_id
    from ops.erasures
    where erased_actor_id = person_number and status = 'running';
    if erasure_id is null then
        insert into ops.erasures (erased_actor_id, removes) values (person_number, actor.removes)
        returning erasures.erasure_id into erasure_id;
    end if;
    update ops.erasures as stored
    set removes = actor.removes,
        names_in_clear = jsonb_build_object(
        'actor_id', coalesce(begin_erasure.actor_id, names_in_clear ->> 'actor_id'),
        'logins', (
            select coalesce(jsonb_agg(distinct name), '[]')
            from (select unnest(logins) as name union select jsonb_array_elements_text(names_in_clear -> 'logins')) as names
        ),
        'texts', (
            select coalesce(jsonb_agg(distinct name), '[]')
            from (select unnest(texts) as name union select jsonb_array_elements_text(names_in_clear -> 'texts')) as names
        )
    )
    where stored.erasure_id = begin_erasure.erasure_id;

    person := (
        select ops.make_person(
            names_in_clear ->> 'actor_id',
            array(select jsonb_array_elements_text(names_in_clear -> 'logins')) || case when actor.removes then array[actor.pseudonym] end,
            array(select jsonb_array_elements_text(names_in_clear -> 'texts')),
            actor.erases_words, actor.pseudonym, actor.pseudonym_id
        )
        from ops.erasures as stored
        where stored.erasure_id = begin_erasure.erasure_id
    );
end;
$$;
comment on function ops.begin_erasure(text, text[], text[], boolean, boolean) is 'Enters the tombstone and the receipt of a person who is to be erased.';
