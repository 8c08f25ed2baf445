-- Replaces a person in values of all kinds. What does not name them stays as it is, to the byte.

-- Of a text.
create or replace function ops.scrub_text(written text, person ops.erased_person) returns text
language plpgsql immutable parallel safe as $$
begin
    if person.pattern <> '' then
        written := regexp_replace(written, person.pattern, replace(person.pseudonym, '[bot]', ''), 'gi');
    end if;
    if person.id_pattern is not null then
        written := regexp_replace(written, person.id_pattern, person.pseudonym_id::text, 'gi');
    end if;
    return written;
end;
$$;
comment on function ops.scrub_text(text, ops.erased_person) is 'A text with a person''s pseudonym in place of the person.';

-- Of bytes that are no event: a dead letter. Every byte that is not part of a name stays. Who wrote the commits of a push of
-- the person goes with it, see ops.scrub_commits.
create or replace function ops.scrub_bytes(raw bytea, person ops.erased_person) returns bytea
language plpgsql immutable parallel safe as $$
declare
    written text := encode(raw, 'escape');
    bare constant text := replace(person.pseudonym, '[bot]', '');
    login constant text := '"(' || nullif((select string_agg(ops.quote_pattern(name), '|') from unnest(person.logins) as name), '') || ')"';
    -- What stands between the quotes of a JSON string, its backslashes doubled and bytes outside of ASCII in octal.
    content constant text := '(?:[^"\\]|\\[0-7]{3}|\\\\(?:\\\\|[^\\]))*';
    field text;
begin
    if written !~* person.finder then
        return raw;
    end if;
    if written ~* concat_ws('|',
        '"actor"\s*:\s*' || login,
        '"actor"\s*:\s*\{[^{}]*"login"\s*:\s*' || login,
        '"actor"\s*:\s*\{[^{}]*"id"\s*:\s*"?' || nullif(person.actor_id, '') || '(?![0-9])'
    ) then
        foreach field in array array[
            '("author"\s*:\s*\{\s*"(?:name|email)"\s*:\s*")',
            '("author"\s*:\s*\{\s*"(?:name|email)"\s*:\s*"' || content || '"\s*,\s*"(?:name|email)"\s*:\s*")',
            -- Before 2015, in shas: [sha, address, message, name, distinct].
            '(\[\s*"[^"\\]*"\s*,\s*")(?=' || content || '"\s*,\s*"' || content || '"\s*,\s*")',
            '(\[\s*"[^"\\]*"\s*,\s*"' || content || '"\s*,\s*"' || content || '"\s*,\s*")'
        ] loop
            written := regexp_replace(written, field || content, '\1' || bare, 'g');
        end loop;
    end if;
    written := regexp_replace(written, person.byte_pattern, bare, 'gi');
    if person.actor_id <> '' then
        written := regexp_replace(written, '(?<![0-9])' || person.actor_id || '(?![0-9])', person.pseudonym_id::text, 'g');
    end if;
    return decode(written, 'escape');
end;
$$;
comment on function ops.scrub_bytes(bytea, ops.erased_person) is 'Bytes with a person''s pseudonym in place of the person.';

-- Of an object that describes the person's account: the same fields with nothing of theirs in them.
create or replace function ops.scrub_account(account jsonb, person ops.erased_person) returns jsonb
language sql immutable parallel safe as $$
    select jsonb_object_agg(field.key, case
        when field.key in ('type', 'site_admin', 'user_view_type', 'contributions') then field.value
        when field.key = 'id' and jsonb_typeof(field.value) = 'number' then to_jsonb(person.pseudonym_id)
        when field.key = 'id' then to_jsonb(person.pseudonym_id::text)
        when jsonb_typeof(field.value) in ('object', 'array') then 'null'::jsonb
        when jsonb_typeof(field.value) <> 'string' or field.value = '""' then field.value
        when field.key = 'login' then to_jsonb(person.pseudonym)
        else to_jsonb(replace(person.pseudonym, '[bot]', ''))
    end)
    from jsonb_each(account) as field;
$$;
comment on function ops.scrub_account(jsonb, ops.erased_person) is 'The description of an account with a pseudonym in place of all that is the person''s.';

-- Who acted, in an event as sent or in a row of silver or gold: the person, somebody else who had the same login, or
-- neither. An id decides; where there is none, the login.
create or replace function ops.is_by(event jsonb, person ops.erased_person, out is_person boolean, out is_namesake boolean)
language plpgsql immutable parallel safe as $$
declare
    found_id constant text := nullif(nullif(coalesce(event #>> '{actor,id}', event ->> 'actor_id'), ''), '-1');
    found_login constant text := lower(coalesce(
        event #>> '{actor,login}',
        case when jsonb_typeof(event -> 'actor') = 'string' then event ->> 'actor' end,
        event ->> 'actor_login'
    ));
begin
    is_person := coalesce(
        found_id = person.actor_id
        or found_id = person.pseudonym_id::text
        or found_login = person.pseudonym
        or ((found_id is null or person.actor_id is null) and found_login = any (person.logins)),
        false
    );
    is_namesake := not is_person and coalesce(found_login = any (person.logins), false);
end;
$$;
comment on function ops.is_by(jsonb, ops.erased_person) is 'Whether an event is a person''s, or that of somebody else with the same login.';

-- Of what a push brought: everybody who wrote a commit in a push of the person. Names of authors are not logins, and most
-- are the person's own.
create or replace function ops.scrub_commits(payload jsonb, person ops.erased_person) returns jsonb
language plpgsql immutable parallel safe as $$
declare
    bare constant text := replace(person.pseudonym, '[bot]', '');
begin
    if jsonb_typeof(payload -> 'commits') = 'array' then
        payload := jsonb_set(payload, '{commits}', coalesce((
            select jsonb_agg(case
                when jsonb_typeof(item.value -> 'author') = 'object'
                    then jsonb_set(item.value, '{author}', ops.scrub_account(item.value -> 'author', person))
                else item.value
            end order by item.n)
            from jsonb_array_elements(payload -> 'commits') with ordinality as item (value, n)
        ), '[]'));
    end if;
    -- Before 2015: [sha, address, message, name, distinct].
    if jsonb_typeof(payload -> 'shas') = 'array' then
        payload := jsonb_set(payload, '{shas}', coalesce((
            select jsonb_agg(case
                when jsonb_typeof(item.value) = 'array'
                    then jsonb_set(jsonb_set(item.value, '{1}', to_jsonb(bare), false), '{3}', to_jsonb(bare), false)
                else item.value
            end order by item.n)
            from jsonb_array_elements(payload -> 'shas') with ordinality as item (value, n)
        ), '[]'));
    end if;
    return payload;
end;
$$;
comment on function ops.scrub_commits(jsonb, ops.erased_person) is 'The payload of a person''s push without the names of its authors.';

-- Of any JSON: an event, a row of a table, a part of either.
--
-- key  under which the value stands: whether a word is a name, and a number an id, depends on it
create or replace function ops.scrub(value jsonb, person ops.erased_person, key text default null, depth integer default 0)
returns jsonb
language plpgsql immutable parallel safe as $$
declare
    -- Deeper than any event of GitHub's; each level costs this function a part of the server's stack.
    deepest constant integer := 60;
    ids constant text[] := array['actor_id', 'user_id', 'author_id', 'owner_id', 'sender_id', 'member_id', 'org_id', 'target_id', 'example', 'min_value', 'max_value'];
    logins constant text[] := array[
        'login', 'actor', 'actor_login', 'author_login', 'member_login', 'org_login', 'repo_owner', 'owner', 'user', 'author',
        'pusher', 'organization', 'member', 'sender', 'target', 'name', 'example', 'min_value', 'max_value'
    ];
    fixed constant text[] := array[
        'event_id', 'event_type', 'type', 'action', 'state', 'ref_type', 'author_association', 'source_class', 'status', 'kind', 'check_name'
    ];
    written text;
    result jsonb;
    is_theirs boolean := false;
    is_namesakes boolean := false;
begin
    case jsonb_typeof(value)
    when 'string' then
        written := value #>> '{}';
        return case
            when key = any (fixed) then value
            when lower(written) = any (person.logins) and key = any (logins) then to_jsonb(person.pseudonym)
            when written = person.actor_id and key = any (ids) then to_jsonb(person.pseudonym_id::text)
            when written ~* person.finder then to_jsonb(ops.scrub_text(written, person))
            else value
        end;
    when 'number' then
        return case when key = any (ids) and value::text = person.actor_id then to_jsonb(person.pseudonym_id) else value end;
    when 'object', 'array' then
        if value::text !~* person.finder then
            return value;
        end if;
    else
        return value;
    end case;

    if depth > deepest then
        return ops.scrub_text(value::text, person)::jsonb;
    end if;
    if jsonb_typeof(value) = 'array' then
        select coalesce(jsonb_agg(ops.scrub(item.value, person, scrub.key, depth + 1) order by item.n), '[]')
        into result
        from jsonb_array_elements(value) with ordinality as item (value, n);
        return result;
    end if;

    if value ? 'login' then
        if value ->> 'id' = person.actor_id
            or (lower(value ->> 'login') = any (person.logins) and (value ->> 'id' is null or person.actor_id is null)) then
            return ops.scrub_account(value, person);
        elsif lower(value ->> 'login') = any (person.logins) then
            -- Somebody else who had the login at another time.
            return value;
        end if;
    end if;
    if value ? 'actor' or value ? 'actor_login' then
        select is_person, is_namesake into is_theirs, is_namesakes from ops.is_by(value, person);
        if is_namesakes then
            person := ops.make_person(person.actor_id, '{}', '{}', true, person.pseudonym, person.pseudonym_id);
            if person.finder = '' then
                return value;
            end if;
        end if;
    end if;

    select jsonb_object_agg(ops.scrub_text(field.key, person), case
        when is_theirs and field.key = 'actor_attributes' and jsonb_typeof(field.value) = 'object'
            then ops.scrub_account(field.value, person)
        when is_theirs and field.key = 'actor' and jsonb_typeof(field.value) = 'object'
            then ops.scrub_account(field.value, person)
        when is_theirs and field.key = 'payload' and jsonb_typeof(field.value) = 'object'
            then ops.scrub(ops.scrub_commits(field.value, person), person, 'payload', depth + 1)
        else ops.scrub(field.value, person, field.key, depth + 1)
    end)
    into result
    from jsonb_each(value) as field;
    -- The author of a commit: name and address go together.
    if value ? 'email' and value ? 'name' and (result -> 'email', result -> 'name') is distinct from (value -> 'email', value -> 'name') then
        return ops.scrub_account(value, person);
    end if;
    return result;
end;
$$;
comment on function ops.scrub(jsonb, ops.erased_person, text, integer) is 'JSON with a person''s pseudonym in place of the person.';
