-- Erases a person from what bronze, silver and gold have of one month (NULL: from the partitions for the rest, which come
-- first), in the caller's transaction, so that no layer is ahead of another. To be called under the transformer's lock.
-- No partition is made meanwhile: that would move rows.
create or replace function ops.erase_month(month date, person ops.erased_person, removes boolean, only_counts boolean)
returns table (table_name text, action text, event_type text, source text, row_count bigint)
language plpgsql as $$
declare
    parent text;
    partition text;
    touched_hour timestamptz;
    touched_month date;
    mart_count bigint;
    sighting_count bigint;
begin
    -- For Citus, see gold/etl.
    perform set_config('citus.multi_shard_modify_mode', 'sequential', true);
    perform pg_advisory_xact_lock(hashtext('assay.months'));
    drop table if exists pg_temp.removed_keys;
    create temporary table removed_keys (event_id text, event_type text, event_time timestamptz, repo_id text, actor_id text, number text) on commit drop;

    if not removes and not only_counts then
        -- Facts are to point to it.
        insert into gold.dim_actors (actor_id, actor_login, is_bot, last_event_time)
        select person.pseudonym_id, person.pseudonym, is_bot, last_event_time
        from gold.dim_actors
        where actor_id = silver.to_bigint(person.actor_id)
        on conflict do nothing;
    end if;

    foreach parent in array array['bronze.raw_events', 'silver.events', 'gold.fact_events', 'bronze.sightings'] loop
        partition := ops.partition_name(parent::regclass, month);
        continue when to_regclass(partition) is null;
        return query
        select parent, erased.action, erased.event_type, erased.source, erased.row_count
        from ops.erase_rows(partition::regclass, person, removes, only_counts) as erased;
        if parent = 'bronze.sightings' then
            execute format(
                $query$
                    with removed as (
                        delete from %s as sighting
                        using (select distinct event_id, event_type, event_time from pg_temp.removed_keys) as key
                        where sighting.event_id = key.event_id
                          and sighting.event_type = key.event_type
                          and sighting.created_at is not distinct from key.event_time
                        returning 1
                    )
                    select count(*) from removed
                $query$,
                partition
            ) into sighting_count;
            if sighting_count > 0 then
                return query select parent, 'removed', null::text, null::text, sighting_count;
            end if;
        end if;
    end loop;

    -- What is counted, and what is known only from the removed events.
    for touched_hour in
        select distinct date_trunc('hour', event_time at time zone 'UTC') at time zone 'UTC'
        from pg_temp.removed_keys
        where event_time is not null and event_time <@ ops.dropped_times('bronze.raw_events') is not true
    loop
        delete from gold.feed_coverage where hour = touched_hour;
        insert into gold.feed_coverage select * from gold.count_feed_coverage(touched_hour);
    end loop;
    for touched_month in
        select distinct date_trunc('month', event_time at time zone 'UTC')::date from pg_temp.removed_keys where event_time is not null
    loop
        select count(*) into mart_count
        from gold.mart_activity
        where date_id between to_char(touched_month, 'YYYYMMDD')::integer and to_char(touched_month + interval '1 month' - interval '1 day', 'YYYYMMDD')::integer
          and actor_id in (silver.to_bigint(person.actor_id), person.pseudonym_id);
        if mart_count > 0 then
            return query select 'gold.mart_activity', 'removed', null::text, null::text, mart_count;
        end if;
        if touched_month::timestamp at time zone 'UTC' <@ ops.dropped_times('silver.events') then
            perform ops.subtract_from_marts(touched_month, person.pseudonym like '%[bot]');
        else
            perform gold.rebuild_marts(touched_month);
        end if;
    end loop;
    if exists (select from pg_temp.removed_keys where number is not null) then
        drop table if exists pg_temp.touched_subjects;
        create temporary table touched_subjects on commit drop as
        select distinct silver.to_bigint(key.repo_id) as repo_id, silver.to_bigint(key.number) as number
        from pg_temp.removed_keys as key
        where key.event_type in ('PullRequestEvent', 'PullRequestReviewEvent', 'IssuesEvent') and key.number is not null
          -- What the marts never counted told them nothing.
          and not key.event_time <@ gold.uncounted_times();
        perform gold.recount_subjects();
    end if;
    drop table if exists pg_temp.touched_repos;
    create temporary table touched_repos on commit drop as
    select distinct silver.to_bigint(key.repo_id) as repo_id
    from pg_temp.removed_keys as key
    where silver.to_bigint(key.repo_id) <> -1;
    delete from gold.dim_repos as repo
    using pg_temp.touched_repos as touched
    where repo.repo_id = touched.repo_id
      and not exists (select from gold.fact_events as fact where fact.repo_id = repo.repo_id)
      and not exists (select from gold.mart_activity as activity where activity.repo_id = repo.repo_id);
    delete from gold.dim_repos_history as version
    using pg_temp.touched_repos as touched
    where version.repo_id = touched.repo_id
      and not exists (select from gold.dim_repos as repo where repo.repo_id = version.repo_id);
    perform gold.recount_repos();
end;
$$;
comment on function ops.erase_month(date, ops.erased_person, boolean, boolean) is 'Erases a person from what bronze, silver and gold have of one month.';
