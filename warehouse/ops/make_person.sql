-- The patterns by which a person is found. All are for use without regard to case.

-- A text as a pattern that matches just it.
create or replace function ops.quote_pattern(written text) returns text
language sql immutable parallel safe as $$
    select regexp_replace(written, '([][\\.^$*+?(){}|/-])', '\\\1', 'g');
$$;
comment on function ops.quote_pattern(text) is 'A regular expression that matches just a text.';

-- A text that names a person, as it is and, of letters outside of ASCII, as ops.scrub_bytes sees it: the bytes in octal, and
-- JSON's \u with the backslash doubled.
create or replace function ops.written_forms(name text) returns setof text
language sql immutable parallel safe as $$
    select name
    union
    select encode(convert_to(name, 'UTF8'), 'escape')
    where name ~ '[^ -~]'
    union
    select string_agg(
        case
            when letter ~ '[ -~]' then letter
            when ascii(letter) < 65536 then '\\u' || lpad(to_hex(ascii(letter)), 4, '0')
            else '\\u' || to_hex(55232 + ascii(letter) / 1024) || '\\u' || to_hex(56320 + ascii(letter) % 1024)
        end,
        '' order by n
    )
    from string_to_table(name, null) with ordinality as letters (letter, n)
    where name ~ '[^ -~]';
$$;
comment on function ops.written_forms(text) is 'A text as it is, and as it looks in the bytes of a dead letter.';

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
    other constant text := '(' || nullif((
        select string_agg(ops.quote_pattern(form), '|' order by length(form) desc)
        from unnest(texts) as name
        cross join lateral ops.written_forms(name) as form
    ), '') || ')';
    -- Behind %40 and the like of a link, too.
    begins constant text := '((?<![a-z0-9])(?<![a-z0-9]-)|(?<=%[0-9a-f]{2}))';
    ends constant text := '(?!-?[a-z0-9])';
    named text;
begin
    named := case when erases_words
        then begins || login || '(' || ends || '|(?=-patch-[0-9]))'
        else concat_ws('|',
            '(?<=@|%40)' || login || ends,
            '(?<=(github\.com|githubusercontent\.com)([/:]|%2f)((users|repos|orgs|u|sponsors)(/|%2f))?)' || login || ends,
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
    -- In links to pictures, their own and those they added to a text; in addresses.
    person.id_pattern := '(?<=(/|%2f)(u|user|assets)(/|%2f)|githubusercontent\.com(/|%2f))' || nullif(actor_id, '') || '(?![0-9])|(?<![0-9])' || nullif(actor_id, '') || '(?=\+[^@[:space:]]*@users\.noreply)';
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
