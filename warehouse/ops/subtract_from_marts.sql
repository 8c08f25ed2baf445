-- Takes the events of the temporary table removed_keys out of the marts of a month that silver has dropped, so that it cannot
-- be counted anew. What a pull request's or an issue's event did is not known any more: where other events share its row, what
-- was opened, merged and closed is unknown from then on.
create or replace function ops.subtract_from_marts(of_month date, is_bot boolean) returns void
language plpgsql as $$
begin
    drop table if exists pg_temp.subtracted;
    create temporary table subtracted on commit drop as
    select distinct on (event_id, event_type, event_time)
        event_type,
        event_time,
        to_char(event_time at time zone 'UTC', 'YYYYMMDD')::integer as date_id,
        coalesce(silver.to_bigint(repo_id), -1) as repo_id,
        coalesce(silver.to_bigint(actor_id), -1) as actor_id
    from pg_temp.removed_keys
    -- Bronze tells none.
    where actor_id is not null and date_trunc('month', event_time at time zone 'UTC')::date = of_month
      -- What the marts never counted is not in them.
      and not event_time <@ gold.uncounted_times()
    order by event_id, event_type, event_time;

    with gone as (
        select date_trunc('hour', event_time at time zone 'UTC') at time zone 'UTC' as hour, event_type, count(*) as event_count
        from pg_temp.subtracted
        group by 1, event_type
    )
    update gold.mart_event_counts as stored
    set event_count = stored.event_count - gone.event_count,
        bot_event_count = stored.bot_event_count - case when is_bot then gone.event_count else 0 end
    from gone
    where stored.hour = gone.hour and stored.event_type = gone.event_type;
    delete from gold.mart_event_counts
    where event_count = 0 and hour >= of_month::timestamp at time zone 'UTC' and hour < (of_month + interval '1 month') at time zone 'UTC';

    with gone as (
        select
            date_id,
            repo_id,
            actor_id,
            count(*) as event_count,
            count(*) filter (where gold.is_contribution(event_type)) as contribution_count,
            count(*) filter (where event_type = 'PushEvent') as push_count,
            count(*) filter (where event_type = 'PullRequestEvent') as pull_request_count,
            count(*) filter (where event_type = 'IssuesEvent') as issue_count,
            count(*) filter (where event_type = 'WatchEvent') as star_count,
            count(*) filter (where event_type = 'ForkEvent') as fork_count,
            count(*) filter (where event_type = 'ReleaseEvent') as release_count
        from pg_temp.subtracted
        group by date_id, repo_id, actor_id
    )
    update gold.mart_activity as stored
    set event_count = stored.event_count - gone.event_count,
        bot_event_count = stored.bot_event_count - case when is_bot then gone.event_count else 0 end,
        contribution_count = stored.contribution_count - gone.contribution_count,
        push_count = stored.push_count - gone.push_count,
        pull_request_unknown_count = stored.pull_request_unknown_count + gone.pull_request_count,
        issue_unknown_count = stored.issue_unknown_count + gone.issue_count,
        star_count = stored.star_count - gone.star_count,
        fork_count = stored.fork_count - gone.fork_count,
        release_count = stored.release_count - gone.release_count
    from gone
    where stored.date_id = gone.date_id and stored.repo_id = gone.repo_id and stored.actor_id = gone.actor_id;
    delete from gold.mart_activity 
    where event_count = 0
      and date_id between to_char(of_month, 'YYYYMMDD')::integer and to_char(of_month + interval '1 month' - interval '1 day', 'YYYYMMDD')::integer;
end;
$$;
comment on function ops.subtract_from_marts(date, boolean) is 'Takes the events of the temporary table removed_keys out of the marts of a month that silver has dropped.';
