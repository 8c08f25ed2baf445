-- The patterns by which a person is found. All are for use without regard to case.

-- A text as a pattern that matches just it.
create or replace function ops.quote_pattern(written text) returns text
language sql immutable parallel safe as $$
    select regexp_replace(written, '([][\\.^$*+?(){}|/-])', '\\\1', 'g');
$$;
comment on function ops.quote_pattern(text) is 'A regular expression that matches just a text.';

-- What is known of a person, with the patterns that follow from it.
--
-- actor_id       NULL when none is known: any account with one of the logins is theirs then
-- texts          what else names them: a full name, an address
-- erases_words   whether a login is a name wherever it stands as a word. Else only where it can be nothing else: behind
--                an @, as the owner in the name of a repository or in a link, in an address, in a branch LOGIN-patch-1
--
-- A login is letters and digits with single hyphens between, so that "ada" is none in "ada-lovelace", and one in
-- "ada_engine", "(ada)" and "ada--".
create or replace function ops.make_person(
    actor_id text,
    logins text[],
    texts text[],
    erases_words boolean,
    pseudonym text,
    pseudonym_id bigint
) returns ops.erased_person
language plpgsql immutable as $$
declare
    person ops.erased_person;
    login constant text := '(' || nullif((select string_agg(ops.quote_pattern(name), '|') from unnest(logins) as name), '') || ')';
    other constant text := '(' || nullif((select string_agg(ops.quote_pattern(name), '|') from unnest(texts) as name), '') || ')';
    begins constant text := '(?<![a-z0-9])(?<![a-z0-9]-)';
    ends constant text := '(?!-?[a-z0-9])';
    named text;
begin
    named := case when erases_words
        then begins || login || '(' || ends || '|(?=-patch-[0-9]))'
        else concat_ws('|',
            '(?<=@)' || login || ends,
            '(?<=(github\.com|githubusercontent\.com)[/:]((users|repos|orgs|u|sponsors)/)?)' || login || ends,
            '(?<=(users|orgs)/)' || login || ends,
            '(?<![a-z0-9./-])' || login || '(?=/[a-z0-9._-])',
            '(?<=' || login || '/)' || login || ends,
            '^' || login || '(?=:)',
            begins || login || '(?=(\.github\.(io|com)|-patch-[0-9]|@))'
        )
    end;
    person.actor_id := actor_id;
    person.logins := array(select lower(name) from unnest(logins) as name);
    person.texts := texts;
    person.erases_words := erases_words;
    person.pseudonym := pseudonym;
    person.pseudonym_id := pseudonym_id;
    person.finder := concat_ws('|', login, other, nullif(actor_id, ''), case when pseudonym = any (logins) then pseudonym_id::text end);
    person.pattern := concat_ws('|', named, '(?<![[:alnum:]])' || other || '(?![[:alnum:]])');
    person.id_pattern := '(?<=/(u|user)/)' || nullif(actor_id, '') || '(?![0-9])|(?<![0-9])' || nullif(actor_id, '') || '(?=\+[^@[:space:]]*@users\.noreply)';
    -- In bytes that are no JSON: there a letter before a login may be the end of \n.
    person.byte_pattern := concat_ws('|',
        person.pattern,
        '(?<=\\\\[bfnrt]|\\[0-7]{3})' || login || ends,
        '(?<=")' || login || '(?=")',
        '(?<=(^|,))' || login || '(?=(,|$))'
    );
    return person;
end;
$$;
comment on function ops.make_person(text, text[], text[], boolean, text, bigint) is 'What is known of a person, with the patterns by which they are found.';
