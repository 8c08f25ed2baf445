-- The newest events of any of several repositories or accounts, within a span and of a type, each NULL for any: enough rows to
-- choose the newest `most` from, in no order. One that is of a repository and of an account asked for comes twice.
--
-- before_time, before_id, before_type: only those that come after this event when the newest come first.
--
-- Of each, the newest are read from its own end of the index. Asked for all at once, the planner would either read and sort
-- everything that they ever did, or go back in time through what all others did: seconds, where names are few and rare.
create or replace function gold.newest_events_of(
    repo_ids bigint[],
    actor_ids bigint[],
    since timestamptz,
    until timestamptz,
    of_type text,
    before_time timestamptz,
    before_id text,
    before_type text,
    most integer
) returns setof gold.fact_events
language plpgsql stable
set enable_bitmapscan to off
set enable_seqscan to off
set plan_cache_mode to force_generic_plan
as $$
declare
    wanted bigint;
    earliest constant timestamptz := coalesce(since, '-infinity');
    latest constant timestamptz := least(until, before_time + interval '1 microsecond', 'infinity');
begin
    foreach wanted in array coalesce(repo_ids, '{}') loop
        return query
        select *
        from gold.fact_events
        where repo_id = wanted
          and event_time >= earliest
          and event_time < latest
          and (of_type is null or event_type = of_type)
          and (before_time is null or (event_time, event_id, event_type) < (before_time, before_id, before_type))
        order by event_time desc, event_id desc, event_type desc
        limit most;
    end loop;
    foreach wanted in array coalesce(actor_ids, '{}') loop
        return query
        select *
        from gold.fact_events
        where actor_id = wanted
          and event_time >= earliest
          and event_time < latest
          and (of_type is null or event_type = of_type)
          and (before_time is null or (event_time, event_id, event_type) < (before_time, before_id, before_type))
        order by event_time desc, event_id desc, event_type desc
        limit most;
    end loop;
end;
$$;
comment on function gold.newest_events_of(bigint[], bigint[], timestamptz, timestamptz, text, timestamptz, text, text, integer) is 'The newest events of any of several repositories or accounts.';
