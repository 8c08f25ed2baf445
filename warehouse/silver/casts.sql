-- Casts that give NULL instead of an error, written so that the planner can inline them. Lengths are checked apart:
-- a pattern with a bounded repeat such as `{1,18}` costs five times as much as one that looks for what is no digit.

create or replace function silver.to_bigint(written text) returns bigint
language sql immutable parallel safe as $$
    select case
        when length(written) between 1 and 18 and written !~ '[^0-9]' then written::bigint
        when length(written) = 19 and written !~ '[^0-9]' and written collate "C" <= '9223372036854775807' then written::bigint
    end;
$$;
comment on function silver.to_bigint(text) is 'The whole number from 0 to 9223372036854775807 that a text states; NULL for anything else.';

create or replace function silver.to_integer(written text) returns integer
language sql immutable parallel safe as $$
    select case when length(written) between 1 and 9 and written !~ '[^0-9]' then written::integer end;
$$;
comment on function silver.to_integer(text) is 'The whole number from 0 to 999999999 that a text states; NULL for anything else.';

create or replace function silver.to_boolean(written text) returns boolean
language sql immutable parallel safe as $$
    select case written when 'true' then true when 'false' then false end;
$$;
comment on function silver.to_boolean(text) is 'true or false as JSON writes them; NULL for anything else.';
