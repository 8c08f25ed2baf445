-- Persons who were erased from the warehouse: see docs/erasure.md.

-- At most one row: what the hashes of names are made with.
create table ops.erasure_key (
    is_only_row boolean primary key default true check (is_only_row),
    salt bytea not null
);
comment on table ops.erasure_key is 'At most one row: what the hashes of erased names are made with. Chosen at random by the first erasure.';
comment on column ops.erasure_key.is_only_row is 'Always true: keeps the table to one row.';
comment on column ops.erasure_key.salt is 'Random bytes. Without them no hash can be compared with another warehouse''s.';

-- One row per person who was erased.
create table ops.erased_actors (
    erased_actor_id bigint generated always as identity primary key,
    pseudonym text not null unique,
    pseudonym_id bigint not null unique,
    removes boolean not null,
    erases_words boolean not null,
    erased_at timestamptz not null default now()
);
comment on table ops.erased_actors is 'One row per person who was erased: what stands in their place. Together with ops.erased_names it keeps them out when their events come in again.';
comment on column ops.erased_actors.erased_actor_id is 'Number of the person.';
comment on column ops.erased_actors.pseudonym is 'The login that stands in place of theirs. Random.';
comment on column ops.erased_actors.pseudonym_id is 'The account id that stands in place of theirs. Random, from 8 to 9 times 10 to the 15th: above any that GitHub gives, below what JSON numbers hold exactly.';
comment on column ops.erased_actors.removes is 'Whether their own events are kept out altogether, instead of stored under the pseudonym.';
comment on column ops.erased_actors.erases_words is 'Whether their logins are erased wherever they stand as a word, not only where they can be nothing but a name.';
comment on column ops.erased_actors.erased_at is 'When they were first erased.';

-- One row per name of a person who was erased.
create table ops.erased_names (
    name_hash bytea primary key,
    erased_actor_id bigint not null references ops.erased_actors on delete cascade,
    kind text not null check (kind in ('id', 'login', 'text')),
    prefix text not null,
    length integer not null
);
create index erased_names_erased_actor_id on ops.erased_names (erased_actor_id);
comment on table ops.erased_names is 'One row per id, login or other text that names a person who was erased, as a hash.';
comment on column ops.erased_names.name_hash is 'Salted SHA-256 of the kind and the name in lower case.';
comment on column ops.erased_names.erased_actor_id is 'Whom it names.';
comment on column ops.erased_names.kind is 'id, login or text (a full name, an address).';
comment on column ops.erased_names.prefix is 'How it begins, so that few words need to be hashed: two characters, of an id so many that at least 10,000 ids begin so.';
comment on column ops.erased_names.length is 'How many characters it has.';

-- One row per erasure: the receipt.
create table ops.erasures (
    erasure_id uuid primary key default gen_random_uuid(),
    erased_actor_id bigint not null references ops.erased_actors,
    status text not null default 'running' check (status in ('running', 'complete')),
    removes boolean not null,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    names_in_clear jsonb,
    constraint erasures_forget_names_at_the_end check (status = 'running' or names_in_clear is null)
);
comment on table ops.erasures is 'One row per erasure of a person: the receipt. What was done is in ops.erasure_counts.';
comment on column ops.erasures.erasure_id is 'Number of the receipt.';
comment on column ops.erasures.erased_actor_id is 'Who was erased.';
comment on column ops.erasures.status is 'running (or cut short: the next run goes on) or complete.';
comment on column ops.erasures.removes is 'Whether their own events were removed, instead of kept under the pseudonym.';
comment on column ops.erasures.started_at is 'When it began.';
comment on column ops.erasures.finished_at is 'When it was complete; NULL before.';
comment on column ops.erasures.names_in_clear is 'The names, so that an erasure that was cut short can go on; NULL once it is complete.';

-- One row per erasure, table, month, event type and source.
create table ops.erasure_counts (
    erasure_id uuid not null references ops.erasures,
    table_name text not null,
    action text not null check (action in ('pseudonymised', 'removed')),
    month date,
    event_type text,
    source text,
    row_count bigint not null,
    constraint erasure_counts_key unique nulls not distinct (erasure_id, table_name, action, month, event_type, source)
);
comment on table ops.erasure_counts is 'One row per erasure, table, month, event type and source: how many rows were changed or removed. Rows in bronze and rows removed from it are together what came in.';
comment on column ops.erasure_counts.erasure_id is 'The erasure.';
comment on column ops.erasure_counts.table_name is 'The table, with its schema.';
comment on column ops.erasure_counts.action is 'pseudonymised or removed.';
comment on column ops.erasure_counts.month is 'First day of the UTC month of the events; NULL where there is no month.';
comment on column ops.erasure_counts.event_type is 'Type of the events; NULL where rows have none.';
comment on column ops.erasure_counts.source is 'Source of events removed from bronze or silver; NULL otherwise.';
comment on column ops.erasure_counts.row_count is 'How many rows.';

-- What has to be known of a person to find and replace them. No table: it exists while somebody is being erased.
create type ops.erased_person as (
    actor_id text,
    logins text[],
    texts text[],
    erases_words boolean,
    pseudonym text,
    pseudonym_id bigint,
    finder text,
    pattern text,
    id_pattern text,
    byte_pattern text
);
comment on type ops.erased_person is 'What has to be known of a person to find them in the warehouse and replace them.';
