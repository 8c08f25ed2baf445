-- Tells anew how the repositories of the temporary table touched_repos (repo_id) are and were called, from the facts that are
-- left and what silver knows of them. A repository of which a month was dropped keeps its names: nothing tells them again. To
-- be called under the transformer's lock.
create or replace function gold.recount_repos() returns void
language plpgsql as $$
declare
    dropped constant tstzmultirange := ops.dropped_times('silver.events') + ops.dropped_times('gold.fact_events');
begin
    delete from pg_temp.touched_repos as touched
    where exists (select from gold.fact_events as fact where fact.repo_id = touched.repo_id and fact.event_time <@ dropped)
       or exists (select from gold.dim_repos_history as version where version.repo_id = touched.repo_id and version.valid_from <@ dropped);

    drop table if exists pg_temp.repo_names;
    create temporary table repo_names on commit drop as
    select distinct on (event.repo_id, event.event_time) event.repo_id, event.event_time, event.repo_name, event.org_login
    from gold.fact_events as fact
    join silver.v_events as event
        on event.event_id = fact.event_id
        and event.event_type = fact.event_type
        and event.event_time = fact.event_time
    where fact.repo_id in (select repo_id from pg_temp.touched_repos)
      and event.repo_name <> 'unknownrepo'
    order by event.repo_id, event.event_time, event.repo_name collate "C" desc, coalesce(event.org_login, '') collate "C" desc;

    with latest as (
        select distinct on (repo_id) repo_id, named.repo_name, named.org_login, named.event_time
        from pg_temp.touched_repos
        left join pg_temp.repo_names as named using (repo_id)
        order by repo_id, named.event_time desc
    )
    update gold.dim_repos as dim
    set repo_name = coalesce(latest.repo_name, 'unknownrepo'),
        repo_owner = nullif(substring(latest.repo_name from '^([^/]*)/'), ''),
        repo_project = nullif(substring(latest.repo_name from '/(.*)$'), ''),
        org_login = latest.org_login,
        last_event_time = latest.event_time,
        updated_at = now()
    from latest
    where dim.repo_id = latest.repo_id;

    delete from gold.dim_repos_history as version
    using pg_temp.touched_repos as touched
    where version.repo_id = touched.repo_id;
    with in_order as (
        select *, (repo_name, org_login) is distinct from (lag(repo_name) over by_time, lag(org_login) over by_time) as is_first
        from pg_temp.repo_names
        window by_time as (partition by repo_id order by event_time)
    )
    insert into gold.dim_repos_history (repo_id, valid_from, valid_to, repo_name, org_login)
    select repo_id, event_time, lead(event_time) over (partition by repo_id order by event_time), repo_name, org_login
    from in_order
    where is_first;
    drop table pg_temp.repo_names;
end;
$$;
comment on function gold.recount_repos() is 'Tells anew how the repositories of the temporary table touched_repos are and were called.';
