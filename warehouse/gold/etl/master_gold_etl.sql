-- Brings what is new in silver to gold, in one transaction: readers see all of it or nothing, and when
-- anything fails the watermark stays where it was and the next run does it all.
--
-- Each step raises a notice such as `[1/6] dim_actors: 87 rows | 45 ms`, with the same as JSON in its detail.
-- Settings, with their defaults when run by hand (psql -f master_gold_etl.sql):
--     assay.late_arrival_grace_minutes    60

begin;

-- On Citus, foreign keys to reference tables ask for one shard at a time. Plain PostgreSQL ignores the setting.
set local citus.multi_shard_modify_mode to 'sequential';

-- The steps are told as notices; a server may be set to swallow them.
set local client_min_messages to 'notice';

do $etl$
declare
    grace constant interval := make_interval(mins => coalesce(nullif(current_setting('assay.late_arrival_grace_minutes', true), ''), '60')::integer);
    -- Computed before the rows are read, see ops.oldest_open_transaction.
    settled constant timestamptz := ops.oldest_open_transaction();
    kept_months constant tstzrange := ops.kept_months(now());
    large_window constant integer := 100000;
    read_after timestamptz;
    last_processed_at timestamptz;
    oldest timestamptz;
    newest timestamptz;
    rows_changed bigint;
    missing_day date;
    absent_months date[];
    absent_month date;
    moved bigint;
    step_started timestamptz;
begin
    -- The transformer that runs this holds the lock already; whoever runs it by hand has to get it.
    if not pg_try_advisory_xact_lock(hashtext('assay.transformer')) then
        raise exception 'Another transformer works on this warehouse.' using errcode = 'lock_not_available';
    end if;

    -- What is new: rows behind the watermark, with the grace window, that have no fact yet.
    read_after := ops.read_from('gold', grace, (
        select count(*) > large_window
        from (
            select 1
            from silver.events
            where processed_at >= (select watermark - grace from ops.pipeline_watermarks where pipeline = 'gold')
            limit large_window + 1
        ) as in_window
    ));

    -- Read once, so that a row committed meanwhile cannot reach one step and miss another. What gold has is found by one
    -- probe of the key for each row, see silver.load_slice.
    set local enable_hashjoin to off;
    set local enable_mergejoin to off;
    set local enable_bitmapscan to off;
    set local enable_material to off;
    -- The watermark counts every row read, also those without a readable time. The span of times bounds the months that
    -- are looked into.
    select max(processed_at), min(event_time), max(event_time)
    into last_processed_at, oldest, newest
    from silver.events
    where processed_at > read_after;

    create temporary table new_events on commit drop as
    select
        event_id, event_type, event_time, date_id, event_hour, actor_id, actor_login, is_bot, repo_id, repo_name, org_login, processed_at,
        action, number, is_merged, opened_at, closed_at, merged_at
    from silver.v_events as event
    where event.processed_at > read_after
      and event.processed_at <= last_processed_at
      and event.event_time between oldest and newest
      and not exists (
        select 1
        from gold.fact_events as fact
        where fact.event_id = event.event_id
          and fact.event_type = event.event_type
          and fact.event_time = event.event_time
          and fact.event_time between oldest and newest
        -- Keeps it a question of its own for each row. As a join, and while a month has no statistics, it may read all
        -- facts of the span for each.
        offset 0
      );
    set local enable_hashjoin to default;
    set local enable_mergejoin to default;
    set local enable_bitmapscan to default;
    set local enable_material to default;
    analyze new_events;


    ---------------------------------------------------------------------------------------------------------------
    -- 1 · dim_actors. Type 1: the login of the latest event wins, ties by login, whatever order events come in.
    -- An event that names no login (is_bot is NULL then) brings the account, but overwrites nothing.
    ---------------------------------------------------------------------------------------------------------------
    step_started := clock_timestamp();
    with latest as (
        select distinct on (actor_id)
            actor_id,
            actor_login,
            is_bot,
            case when is_bot is not null then event_time end as named_at
        from new_events
        where actor_id <> -1
        order by actor_id, named_at desc nulls last, actor_login collate "C" desc
    ),
    changed as (
        insert into gold.dim_actors as dim (actor_id, actor_login, is_bot, last_event_time)
        select actor_id, actor_login, is_bot, named_at
        from latest
        on conflict (actor_id) do update
        set actor_login = excluded.actor_login,
            is_bot = excluded.is_bot,
            last_event_time = excluded.last_event_time,
            updated_at = excluded.updated_at
        where (excluded.last_event_time, excluded.actor_login collate "C")
            > (coalesce(dim.last_event_time, '-infinity'), dim.actor_login collate "C")
        returning 1
    )
    select count(*) into rows_changed from changed;
    call ops.report_step(1, 6, 'dim_actors', rows_changed, step_started);

    ---------------------------------------------------------------------------------------------------------------
    -- 2 · dim_repos. As dim_actors; the name is split once, here.
    ---------------------------------------------------------------------------------------------------------------
    step_started := clock_timestamp();
    with latest as (
        select distinct on (repo_id)
            repo_id,
            repo_name,
            org_login,
            case when repo_name <> 'unknownrepo' then event_time end as named_at
        from new_events
        where repo_id <> -1
        order by repo_id, named_at desc nulls last, repo_name collate "C" desc, coalesce(org_login, '') collate "C" desc
    ),
    changed as (
        insert into gold.dim_repos as dim (repo_id, repo_name, repo_owner, repo_project, org_login, last_event_time)
        select
            repo_id,
            repo_name,
            nullif(substring(repo_name from '^([^/]*)/'), ''),
            nullif(substring(repo_name from '/(.*)$'), ''),
            org_login,
            named_at
        from latest
        on conflict (repo_id) do update
        set repo_name = excluded.repo_name,
            repo_owner = excluded.repo_owner,
            repo_project = excluded.repo_project,
            org_login = excluded.org_login,
            last_event_time = excluded.last_event_time,
            updated_at = excluded.updated_at
        where (excluded.last_event_time, excluded.repo_name collate "C", coalesce(excluded.org_login, '') collate "C")
            > (coalesce(dim.last_event_time, '-infinity'), dim.repo_name collate "C", coalesce(dim.org_login, '') collate "C")
        returning 1
    )
    select count(*) into rows_changed from changed;
    call ops.report_step(2, 6, 'dim_repos', rows_changed, step_started);

    ---------------------------------------------------------------------------------------------------------------
    -- 3 · dim_event_types. A type nobody has classified yet is added as it is, uncurated.
    ---------------------------------------------------------------------------------------------------------------
    step_started := clock_timestamp();
    with added as (
        insert into gold.dim_event_types (event_type)
        select distinct event_type from new_events
        on conflict do nothing
        returning 1
    )
    select count(*) into rows_changed from added;
    call ops.report_step(3, 6, 'dim_event_types', rows_changed, step_started);

    ---------------------------------------------------------------------------------------------------------------
    -- 4 · fact_events, and the days outside dim_date that they need.
    ---------------------------------------------------------------------------------------------------------------
    step_started := clock_timestamp();
    for missing_day in
        select distinct (event_time at time zone 'UTC')::date
        from new_events
        where date_id not in (select date_id from gold.dim_date)
    loop
        perform gold.add_dates(missing_day, missing_day);
    end loop;

    create temporary view new_facts as
    select
        event_id,
        date_id,
        actor_id,
        repo_id,
        event_type,
        event_time,
        event_hour,
        processed_at as silver_processed_at,
        -- Old timelines and CSV exports have names without ids: no dimension can hold them.
        case when actor_id = -1 and is_bot is not null then actor_login end as actor_login,
        case when repo_id = -1 and repo_name <> 'unknownrepo' then repo_name end as repo_name
    from new_events;

    -- Months without a partition get one with all their facts in it, which is ten times as fast as row by row.
    absent_months := array(
        select date_trunc('month', event_time at time zone 'UTC')::date as month
        from new_events
        where event_time <@ kept_months
        group by month
        except
        select month from ops.months_of('gold.fact_events')
        order by month
    );
    with inserted as (
        insert into gold.fact_events
        select *
        from new_facts
        where date_trunc('month', event_time at time zone 'UTC')::date <> all (absent_months)
        on conflict do nothing
        returning 1
    )
    select count(*) into rows_changed from inserted;

    foreach absent_month in array absent_months loop
        begin
            -- Those that waited for the month in the partition for the rest are no new ones.
            select count(*) into moved
            from months.gold_fact_events_other
            where event_time >= absent_month::timestamp at time zone 'UTC'
              and event_time < (absent_month + interval '1 month') at time zone 'UTC';
            select rows_changed + ops.add_month('gold.fact_events', absent_month, 'new_facts') - moved into rows_changed;
        exception when lock_not_available then
            -- A reader is in the way. The rows go where rows without a partition go; it is made in a later run.
            with inserted as (
                insert into gold.fact_events
                select *
                from new_facts
                where date_trunc('month', event_time at time zone 'UTC')::date = absent_month
                on conflict do nothing
                returning 1
            )
            select rows_changed + count(*) into rows_changed from inserted;
        end;
    end loop;
    drop view new_facts;
    -- What follows takes new_events for the new facts.
    if rows_changed is distinct from (select count(*) from new_events) then
        raise exception '% of % new events became facts', rows_changed, (select count(*) from new_events);
    end if;
    call ops.report_step(4, 6, 'fact_events', rows_changed, step_started);

    ---------------------------------------------------------------------------------------------------------------
    -- 5 · dim_repos_history and dim_actors_history: the names at each time.
    ---------------------------------------------------------------------------------------------------------------
    step_started := clock_timestamp();
    rows_changed := gold.load_history(last_processed_at, grace);
    call ops.report_step(5, 6, 'history', rows_changed, step_started);

    ---------------------------------------------------------------------------------------------------------------
    -- 6 · marts, from the facts that are new.
    ---------------------------------------------------------------------------------------------------------------
    step_started := clock_timestamp();
    rows_changed := gold.load_marts();
    call ops.report_step(6, 6, 'marts', rows_changed, step_started);

    if last_processed_at is not null then
        perform ops.advance_watermark('gold', last_processed_at, settled, grace);
    end if;
end;
$etl$;

commit;
