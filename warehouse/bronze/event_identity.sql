-- What identifies an event in its JSON. NULL where it has no such thing; bronze.raw_events refuses it then.
-- Stable, not immutable, so that the planner can inline them.

-- Events from before 2015 carry no id. They get one made of their whole content, in the canonical form that jsonb
-- gives it: the same event in two files has the same, two that differ in anything do not. Only what has the shape of
-- such an event is given an id (a repository, or an actor that is a bare login, and a time).
create or replace function bronze.event_id(event jsonb) returns text
language sql stable parallel safe as $$
    select case
        when jsonb_typeof(event -> 'id') in ('string', 'number') and event ->> 'id' <> '' then event ->> 'id'
        when coalesce(event ->> 'id', '') = ''
            and jsonb_typeof(event -> 'created_at') = 'string'
            and (event ? 'repository' or event ? 'actor_attributes' or jsonb_typeof(event -> 'actor') = 'string')
            then 'timeline:' || encode(sha256(convert_to(event::text, 'UTF8')), 'hex')
    end;
$$;
comment on function bronze.event_id(jsonb) is 'GitHub''s id of an event; for one from before 2015 an id made of its content; NULL when there is none.';

create or replace function bronze.event_type(event jsonb) returns text
language sql stable parallel safe as $$
    select case when jsonb_typeof(event -> 'type') = 'string' then event ->> 'type' end;
$$;
comment on function bronze.event_type(jsonb) is 'GitHub''s type of an event; NULL when there is none.';

-- NULL counts as no.
create or replace function bronze.is_identity(event_id text, event_type text) returns boolean
language sql immutable parallel safe as $$
    select length(event_id) between 1 and 200 and length(event_type) between 1 and 200;
$$;
comment on function bronze.is_identity(text, text) is 'Whether bronze.raw_events takes an event with this id and type.';
