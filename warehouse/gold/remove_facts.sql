-- Takes facts back, and the marts with them: those named in the temporary table removed_facts (event_id, event_type,
-- event_time), which silver still has. To be called under the transformer's lock.
create or replace function gold.remove_facts() returns void
language plpgsql as $$
declare
    touched_month date;
begin
    drop table if exists pg_temp.touched_subjects;
    create temporary table touched_subjects on commit drop as
    select distinct event.repo_id, event.number
    from pg_temp.removed_facts as removed
    join silver.v_events as event
        on event.event_id = removed.event_id
        and event.event_type = removed.event_type
        and event.event_time = removed.event_time
    where event.event_type in ('PullRequestEvent', 'PullRequestReviewEvent', 'IssuesEvent') and event.number is not null;

    delete from gold.fact_events as fact
    using pg_temp.removed_facts as removed
    where fact.event_id = removed.event_id
      and fact.event_type = removed.event_type
      and fact.event_time = removed.event_time;

    for touched_month in
        select distinct date_trunc('month', event_time at time zone 'UTC')::date from pg_temp.removed_facts order by 1
    loop
        perform gold.rebuild_marts(touched_month);
    end loop;
    -- Times that only dropped months told would be lost. Those of the removed facts come again.
    if isempty(ops.dropped_times('silver.events')) then
        perform gold.recount_subjects();
    end if;
end;
$$;
comment on function gold.remove_facts() is 'Takes the facts of the temporary table removed_facts back, and the marts with them.';
