-- A time as GitHub and its archives write it: 2026-01-31T07:00:00Z, 2012-04-01T00:00:00-07:00,
-- 2024-08-01 17:05:28+00:00. One without a zone is read as UTC. NULL for anything else: PostgreSQL's own
-- cast would also take 'now', 'infinity' and half a date, and fail on month 13.
-- Stable, not immutable, so that the planner can inline it.
create or replace function bronze.readable_time(written text) returns timestamptz
language sql stable parallel safe as $$
    select case
        -- As GitHub writes it. What follows asks the same of it and more, at ten times the cost.
        when written like '____-__-__T__:__:__Z'
            and translate(written, '0123456789', '') = '--T::Z'
            and written not like '0%'
            and pg_input_is_valid(written, 'timestamptz')
            then written::timestamptz
        when written !~ '^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?( ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?))?$'
            or not pg_input_is_valid(written, 'timestamptz')
            then null
        when written ~ ':[0-9]{2}([.][0-9]+)?$' and written !~ '[+-][0-9]{2}:[0-9]{2}$'
            then (written || 'Z')::timestamptz
        else written::timestamptz
    end;
$$;
comment on function bronze.readable_time(text) is 'The time that a text in ISO 8601 form states, in UTC when it names no zone; NULL when it is no such text or no such time exists.';
