-- What the facts of a repository or an account say of its name at a time, and at the next time there is a fact of it. Read
-- by key: from gold.fact_events which events there are, from silver.events the name as sent.
--
-- Gives one row per event. is_known is false where silver has dropped it: what it said is known from the history only.
-- Events that named nothing are left out.

create or replace function gold.repo_names_near(of_repo bigint, at_time timestamptz, before_time timestamptz)
returns table (event_time timestamptz, repo_name text, org_login text, is_known boolean)
-- One probe of keys after the other: hash joins would read whole months.
language plpgsql stable set enable_hashjoin to off set enable_mergejoin to off as $$
declare
    next_time timestamptz;
begin
    select fact.event_time
    into next_time
    from gold.fact_events as fact
    left join silver.events as event
        on event.event_id = fact.event_id and event.event_type = fact.event_type and event.event_time = fact.event_time
    where fact.repo_id = of_repo
      and fact.event_time > at_time
      and fact.event_time < before_time
      and (event.repo_name is not null or event.event_id is null)
    order by fact.event_time
    limit 1;

    return query
    select fact.event_time, event.repo_name, event.org_login, event.event_id is not null
    from gold.fact_events as fact
    left join silver.events as event
        on event.event_id = fact.event_id and event.event_type = fact.event_type and event.event_time = fact.event_time
    where fact.repo_id = of_repo
      and fact.event_time = any (array[at_time, next_time])
      and (event.repo_name is not null or event.event_id is null);
end;
$$;
comment on function gold.repo_names_near(bigint, timestamptz, timestamptz) is 'What the facts of a repository say of its name at a time, and at the next time there is one before another.';

create or replace function gold.actor_logins_near(of_actor bigint, at_time timestamptz, before_time timestamptz)
returns table (event_time timestamptz, actor_login text, is_known boolean)
-- One probe of keys after the other: hash joins would read whole months.
language plpgsql stable set enable_hashjoin to off set enable_mergejoin to off as $$
declare
    next_time timestamptz;
begin
    select fact.event_time
    into next_time
    from gold.fact_events as fact
    left join silver.events as event
        on event.event_id = fact.event_id and event.event_type = fact.event_type and event.event_time = fact.event_time
    where fact.actor_id = of_actor
      and fact.event_time > at_time
      and fact.event_time < before_time
      and (event.is_bot is not null or event.event_id is null)
    order by fact.event_time
    limit 1;

    return query
    select fact.event_time, event.actor_login, event.event_id is not null
    from gold.fact_events as fact
    left join silver.events as event
        on event.event_id = fact.event_id and event.event_type = fact.event_type and event.event_time = fact.event_time
    where fact.actor_id = of_actor
      and fact.event_time = any (array[at_time, next_time])
      and (event.is_bot is not null or event.event_id is null);
end;
$$;
comment on function gold.actor_logins_near(bigint, timestamptz, timestamptz) is 'What the facts of an account say of its login at a time, and at the next time there is one before another.';
