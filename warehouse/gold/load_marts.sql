-- The times of which the marts count nothing that comes in: months that are still to be counted as a whole
-- (ops.pending_marts), and those whose facts were dropped. What comes in again of these cannot be told from what was counted
-- then, and what was counted stands.
create or replace function gold.uncounted_times() returns tstzmultirange
language sql stable as $$
    select ops.dropped_times('gold.fact_events') + coalesce(
        range_agg(tstzrange(month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC')),
        '{}'
    )
    from ops.pending_marts;
$$;
comment on function gold.uncounted_times() is 'The times of which the marts count nothing that comes in.';

-- Adds the events of the temporary table new_events to the marts. Each must be new to them. Gives how many rows of the marts
-- changed. To be called under the transformer's lock, in the transaction that stores the facts.
--
-- Rows go in by key. One row stands for several events, and an upsert costs less than telling new from known first.
create or replace function gold.load_marts() returns bigint
language plpgsql set work_mem = '64MB' as $$
declare
    -- Until then a closed pull request said whether it was merged; since then merges come as an action of their own.
    trimmed_at constant timestamptz := timestamptz '2025-10-07 00:00Z';
    left_out constant tstzmultirange := gold.uncounted_times();
    counted bigint;
    all_counted bigint := 0;
begin
    with counts as (
        select
            date_trunc('hour', event_time at time zone 'UTC') at time zone 'UTC' as hour,
            event_type,
            count(*) as event_count,
            count(*) filter (where is_bot) as bot_event_count
        from pg_temp.new_events
        where not event_time <@ left_out
        group by 1, event_type
    ),
    written as (
        insert into gold.mart_event_counts as stored
        select * from counts order by hour, event_type
        on conflict (hour, event_type) do update
        set event_count = stored.event_count + excluded.event_count,
            bot_event_count = stored.bot_event_count + excluded.bot_event_count
        returning 1
    )
    select count(*) into counted from written;
    all_counted := all_counted + counted;

    with counts as (
        select
            repo_id,
            actor_id,
            date_id,
            count(*) as event_count,
            count(*) filter (where is_bot) as bot_event_count,
            count(*) filter (where gold.is_contribution(event_type)) as contribution_count,
            count(*) filter (where event_type = 'PushEvent') as push_count,
            count(*) filter (where event_type = 'PullRequestEvent' and action = 'opened') as pull_request_opened_count,
            count(*) filter (where event_type = 'PullRequestEvent' and action in ('closed', 'merged') and is_merged) as pull_request_merged_count,
            count(*) filter (
                where event_type = 'PullRequestEvent' and action = 'closed' and (not is_merged or is_merged is null and event_time >= trimmed_at)
            ) as pull_request_closed_count,
            count(*) filter (
                where event_type = 'PullRequestEvent' and (action is null or action = 'closed' and is_merged is null and event_time < trimmed_at)
            ) as pull_request_unknown_count,
            count(*) filter (where event_type = 'IssuesEvent' and action = 'opened') as issue_opened_count,
            count(*) filter (where event_type = 'IssuesEvent' and action = 'closed') as issue_closed_count,
            count(*) filter (where event_type = 'IssuesEvent' and action is null) as issue_unknown_count,
            count(*) filter (where event_type = 'WatchEvent') as star_count,
            count(*) filter (where event_type = 'ForkEvent') as fork_count,
            count(*) filter (where event_type = 'ReleaseEvent') as release_count
        from pg_temp.new_events
        where not event_time <@ left_out
        group by date_id, repo_id, actor_id
    ),
    written as (
        insert into gold.mart_activity as stored
        select * from counts order by date_id, repo_id, actor_id
        on conflict (date_id, repo_id, actor_id) do update
        set event_count = stored.event_count + excluded.event_count,
            bot_event_count = stored.bot_event_count + excluded.bot_event_count,
            contribution_count = stored.contribution_count + excluded.contribution_count,
            push_count = stored.push_count + excluded.push_count,
            pull_request_opened_count = stored.pull_request_opened_count + excluded.pull_request_opened_count,
            pull_request_merged_count = stored.pull_request_merged_count + excluded.pull_request_merged_count,
            pull_request_closed_count = stored.pull_request_closed_count + excluded.pull_request_closed_count,
            pull_request_unknown_count = stored.pull_request_unknown_count + excluded.pull_request_unknown_count,
            issue_opened_count = stored.issue_opened_count + excluded.issue_opened_count,
            issue_closed_count = stored.issue_closed_count + excluded.issue_closed_count,
            issue_unknown_count = stored.issue_unknown_count + excluded.issue_unknown_count,
            star_count = stored.star_count + excluded.star_count,
            fork_count = stored.fork_count + excluded.fork_count,
            release_count = stored.release_count + excluded.release_count
        returning 1
    )
    select count(*) into counted from written;
    all_counted := all_counted + counted;
    return all_counted + gold.load_subjects();
end;
$$;
comment on function gold.load_marts() is 'Adds the events of the temporary table new_events to the marts; gives how many rows changed.';
