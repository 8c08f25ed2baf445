-- What becomes of an event, or of an item that is none, that names erased persons: see docs/erasure.md.

-- The event as it may be stored: with a pseudonym in place of each erased person, or NULL when it is of one whose events
-- are kept out altogether.
--
-- pattern  from ops.erased_pattern
create or replace function bronze.admit_event(event jsonb, pattern text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    written constant text := event::text;
    erased record;
    known ops.erased_person;
    new_login text;
begin
    -- A removed person's dead letter that was pseudonymised comes in under the pseudonym.
    if written !~* pattern then
        return event;
    end if;
    for erased in select * from ops.find_erased(written) loop
        known := erased.person;
        new_login := lower(event #>> '{actor,login}');
        if event #>> '{actor,id}' = known.actor_id and new_login <> all (known.logins) then
            -- They have been renamed.
            perform ops.remember_names(erased.erased_actor_id, 'login', array[new_login]);
            known := ops.make_person(
                known.actor_id, known.logins || new_login, known.texts, known.erases_words, known.pseudonym, known.pseudonym_id
            );
        end if;
        if erased.removes and (ops.is_by(event, known)).is_person then
            return null;
        end if;
        event := ops.scrub(event, known);
    end loop;
    return event;
end;
$$;
comment on function bronze.admit_event(jsonb, text) is 'An event as it may be stored, without erased persons; NULL when it may not be.';

-- The bytes of a dead letter as they may be kept.
create or replace function bronze.admit_letter(raw bytea) returns bytea
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    erased record;
begin
    -- As in ops.erased_pattern: a batch may hold nothing but what is no event.
    perform pg_advisory_xact_lock_shared(hashtext('assay.erasures'));
    if exists (select from ops.erased_names) then
        for erased in select * from ops.find_erased(encode(raw, 'escape')) loop
            raw := ops.scrub_bytes(raw, erased.person);
        end loop;
    end if;
    return raw;
end;
$$;
comment on function bronze.admit_letter(bytea) is 'The bytes of a dead letter as they may be kept, without erased persons.';
