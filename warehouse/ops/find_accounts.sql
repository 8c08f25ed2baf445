-- One row per account and login that an id or a login may mean, by what the warehouse has seen: an account may have had
-- several logins, and a login belonged to several accounts. Reads silver, gold's accounts and their history, and of bronze what silver may not
-- have yet.
--
-- wanted  an id or a login; an account that has it comes with all its other logins
create or replace function ops.find_accounts(wanted text)
returns table (actor_id text, login text, event_count bigint)
language plpgsql stable as $$
declare
    behind constant timestamptz := coalesce(
        (select watermark - interval '1 day' from ops.pipeline_watermarks where pipeline = 'silver'), '-infinity'
    );
begin
    return query
    with seen as (
        select events.actor_id, lower(events.actor_login) as login, count(*) as event_count
        from silver.events as events
        where events.actor_login is not null
        group by events.actor_id, lower(events.actor_login)
        union all
        select
            raw.payload #>> '{actor,id}',
            lower(coalesce(raw.payload #>> '{actor,login}', case when jsonb_typeof(raw.payload -> 'actor') = 'string' then raw.payload ->> 'actor' end)),
            0
        from bronze.raw_events as raw
        where raw.ingested_at > behind
        union all
        select actors.actor_id::text, lower(actors.actor_login), 0
        from gold.dim_actors as actors
        where actors.actor_id <> -1
        union all
        select versions.actor_id::text, lower(versions.actor_login), 0
        from gold.dim_actors_history as versions
    ),
    accounts as (
        select seen.actor_id, seen.login, sum(seen.event_count)::bigint as event_count
        from seen
        where seen.login is not null
        group by seen.actor_id, seen.login
    )
    select accounts.actor_id, accounts.login, accounts.event_count
    from accounts
    where accounts.actor_id = wanted
        or accounts.login = lower(wanted)
        or accounts.actor_id in (select same.actor_id from accounts as same where same.login = lower(wanted))
    order by accounts.event_count desc, accounts.actor_id, accounts.login;
end;
$$;
comment on function ops.find_accounts(text) is 'One row per account and login that an id or a login may mean.';
