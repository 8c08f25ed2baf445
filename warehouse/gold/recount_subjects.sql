-- Tells anew what is known of the issues and pull requests of the temporary table touched_subjects (repo_id, number), from the
-- facts that are left and what silver knows of them: a first or last time cannot be taken back from a row. What only
-- months told that silver has dropped is not known any more. To be called under the transformer's lock.
create or replace function gold.recount_subjects() returns void
language plpgsql as $$
begin
    delete from gold.mart_subjects as stored
    using (select distinct repo_id, number from pg_temp.touched_subjects) as touched
    where stored.repo_id = touched.repo_id and stored.number = touched.number;

    drop table if exists pg_temp.new_events;
    create temporary table new_events as
    select event.*
    from gold.fact_events as fact
    join silver.v_events as event
        on event.event_id = fact.event_id
        and event.event_type = fact.event_type
        and event.event_time = fact.event_time
    where fact.repo_id in (select repo_id from pg_temp.touched_subjects)
      and fact.event_type in ('PullRequestEvent', 'PullRequestReviewEvent', 'IssuesEvent')
      and (event.repo_id, event.number) in (select repo_id, number from pg_temp.touched_subjects);
    perform gold.load_subjects();
    drop table pg_temp.new_events;
end;
$$;
comment on function gold.recount_subjects() is 'Tells anew what is known of the issues and pull requests of the temporary table touched_subjects.';
