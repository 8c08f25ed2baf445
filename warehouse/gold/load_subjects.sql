-- Adds what the events of the temporary table new_events tell of issues and pull requests to gold.mart_subjects. Gives how many
-- rows changed. First and last times only, so that telling it again changes nothing.
create or replace function gold.load_subjects() returns bigint
language plpgsql set work_mem = '64MB' as $$
declare
    left_out constant tstzmultirange := gold.uncounted_times();
    counted bigint;
begin
    with told as (
        select
            repo_id,
            number,
            event_type <> 'IssuesEvent' as is_pull_request,
            min(least(opened_at, case when action = 'opened' and event_type <> 'PullRequestReviewEvent' then event_time end)) as opened_at,
            min(event_time) filter (where event_type = 'PullRequestReviewEvent') as first_reviewed_at,
            min(least(merged_at, case when action in ('closed', 'merged') and is_merged then event_time end)) as merged_at,
            max(greatest(closed_at, merged_at, case when action in ('closed', 'merged') then event_time end)) as last_closed_at,
            max(event_time) filter (where action = 'reopened') as last_reopened_at,
            max(event_time) as last_event_time
        from pg_temp.new_events
        where event_type in ('PullRequestEvent', 'PullRequestReviewEvent', 'IssuesEvent')
          and repo_id <> -1
          and number is not null
          and not event_time <@ left_out
        group by repo_id, number, event_type <> 'IssuesEvent'
    ),
    written as (
        insert into gold.mart_subjects as stored
            (repo_id, number, is_pull_request, opened_at, first_reviewed_at, merged_at, last_closed_at, last_reopened_at, last_event_time)
        select * from told order by repo_id, number, is_pull_request
        on conflict (repo_id, number, is_pull_request) do update
        set opened_at = least(stored.opened_at, excluded.opened_at),
            first_reviewed_at = least(stored.first_reviewed_at, excluded.first_reviewed_at),
            merged_at = least(stored.merged_at, excluded.merged_at),
            last_closed_at = greatest(stored.last_closed_at, excluded.last_closed_at),
            last_reopened_at = greatest(stored.last_reopened_at, excluded.last_reopened_at),
            last_event_time = greatest(stored.last_event_time, excluded.last_event_time)
        returning 1
    )
    select count(*) into counted from written;
    return counted;
end;
$$;
comment on function gold.load_subjects() is 'Adds what the events of the temporary table new_events tell of issues and pull requests to gold.mart_subjects.';
