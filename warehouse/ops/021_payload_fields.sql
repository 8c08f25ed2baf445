-- What GitHub's events are made of, learned from the events themselves.

-- One row per event type, path in its JSON and JSON type seen there.
create table ops.payload_fields (
    event_type text not null,
    path text not null,
    json_type text not null,
    seen_count bigint not null,
    absent_before_count bigint not null,
    absent_after_count bigint not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    absent_since timestamptz,
    first_event_id text not null,
    last_event_id text not null,
    example text,
    learned_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (event_type, path, json_type)
);
comment on table ops.payload_fields is 'One row per event type, path in its JSON and JSON type seen there, learned from a sample of what came in.';
comment on column ops.payload_fields.event_type is 'GitHub''s type, such as PushEvent.';
comment on column ops.payload_fields.path is 'Keys from the event down, such as payload.pull_request.merged; empty for the event itself, which counts all events looked at.';
comment on column ops.payload_fields.json_type is 'object, array, string, number, boolean or null; any for the key whatever its type.';
comment on column ops.payload_fields.seen_count is 'Sampled events that had it.';
comment on column ops.payload_fields.absent_before_count is 'Sampled events of the type from before first_seen_at, as far as known: at least so many.';
comment on column ops.payload_fields.absent_after_count is 'Sampled events of the type from after last_seen_at, as far as known: at least so many.';
comment on column ops.payload_fields.first_seen_at is 'Time of the earliest event that had it.';
comment on column ops.payload_fields.last_seen_at is 'Time of the latest event that had it.';
comment on column ops.payload_fields.absent_since is 'Time of the earliest sampled event after last_seen_at, as far as known.';
comment on column ops.payload_fields.first_event_id is 'That earliest event.';
comment on column ops.payload_fields.last_event_id is 'That latest event.';
comment on column ops.payload_fields.example is 'A value, cut to 200 characters; NULL for objects and arrays.';
comment on column ops.payload_fields.learned_at is 'When the warehouse first met it.';
comment on column ops.payload_fields.updated_at is 'When this row last changed.';

-- One row per event type, path and UTC month of the events.
create table ops.payload_field_months (
    event_type text not null,
    path text not null,
    month date not null,
    seen_count bigint not null,
    primary key (event_type, path, month)
);
comment on table ops.payload_field_months is 'One row per event type, path and UTC month of the events: how many of those sampled had the key.';
comment on column ops.payload_field_months.event_type is 'As in ops.payload_fields.';
comment on column ops.payload_field_months.path is 'As in ops.payload_fields.';
comment on column ops.payload_field_months.month is 'First day of the month.';
comment on column ops.payload_field_months.seen_count is 'Sampled events that had the key.';

-- One row per change of a field.
create table ops.payload_changes (
    change_id bigint generated always as identity primary key,
    kind text not null check (kind in ('new', 'vanished', 'retyped')),
    event_type text not null,
    path text not null,
    json_type text not null,
    earlier_type text,
    since timestamptz not null,
    last_before timestamptz,
    count_before bigint not null,
    count_after bigint not null,
    example_event_id text not null,
    example text,
    found_at timestamptz not null default now(),
    constraint payload_changes_key unique (kind, event_type, path, json_type)
);
create index payload_changes_found_at on ops.payload_changes (found_at);
comment on table ops.payload_changes is 'One row per field of an event type that came, went, or changed its JSON type. Each is found once.';
comment on column ops.payload_changes.change_id is 'Number of the change.';
comment on column ops.payload_changes.kind is 'new, vanished or retyped.';
comment on column ops.payload_changes.event_type is 'GitHub''s type, such as PushEvent.';
comment on column ops.payload_changes.path is 'Keys from the event down, such as payload.commits.';
comment on column ops.payload_changes.json_type is 'JSON type it has now, or had before it vanished; any when it had several.';
comment on column ops.payload_changes.earlier_type is 'JSON type it had before it was retyped; NULL otherwise.';
comment on column ops.payload_changes.since is 'Time of the first event seen after the change, by GitHub''s clock.';
comment on column ops.payload_changes.last_before is 'Time of the last event seen before the change; NULL for a new field, or when a retyped one still comes in both types.';
comment on column ops.payload_changes.count_before is 'Sampled events before the change: without a new field, with one that vanished, of the earlier type.';
comment on column ops.payload_changes.count_after is 'Sampled events after the change when it was found.';
comment on column ops.payload_changes.example_event_id is 'An event to look at: the first with the new field or type, the last with one that vanished.';
comment on column ops.payload_changes.example is 'Its value there, cut to 200 characters; NULL for objects and arrays.';
comment on column ops.payload_changes.found_at is 'When it was found.';
