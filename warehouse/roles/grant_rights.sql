-- What each role may do: the least it needs, and no more however often this is run. Rights that a person gave to other roles
-- stay; those that a person gave to these are taken back.
--
-- A function that writes is named here, with who may call it; tests see to it. One that PostgreSQL itself keeps from
-- writing (stable, immutable) may be called by whoever may use its schema.

-- Everything belongs to assay_owner, so that functions with the owner's rights have no more than those, whoever installed
-- them: a superuser mostly. All or nothing: where this user may not hand it over, or somebody is reading, it stays where it
-- is, and the next setup-db tries again.
do $own$
declare
    mine constant oid[] := array[current_user::regrole::oid, (select nspowner from pg_namespace where nspname = 'ops')];
    handover text;
begin
    if not pg_has_role(current_user, 'assay_owner', 'set') then
        return;
    end if;
    begin
        execute format('grant create, temporary on database %I to assay_owner', current_database());
    exception when insufficient_privilege then
        return;
    end;
    if not has_database_privilege('assay_owner', current_database(), 'create') then
        return;
    end if;
    begin
        set local lock_timeout to '2s';
        for handover in
            select format('alter schema %I owner to assay_owner', nspname)
            from pg_namespace
            where nspname in ('ops', 'bronze', 'silver', 'gold', 'months') and nspowner = any (mine)
                and nspowner <> 'assay_owner'::regrole
            union all
            (
                select format('alter %s %s owner to assay_owner', case relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end, pg_class.oid::regclass)
                from pg_class
                where relnamespace::regnamespace::text in ('ops', 'bronze', 'silver', 'gold', 'months')
                    and relkind in ('r', 'p', 'v', 'm')
                    and relowner = any (mine) and relowner <> 'assay_owner'::regrole
                order by pg_class.oid
            )
            union all
            select format('alter routine %s owner to assay_owner', pg_proc.oid::regprocedure)
            from pg_proc
            where pronamespace::regnamespace::text in ('ops', 'bronze', 'silver', 'gold')
                and proowner = any (mine) and proowner <> 'assay_owner'::regrole
        loop
            execute handover;
        end loop;
    exception when lock_not_available then
        null;
    end;
    set local lock_timeout to default;
end;
$own$;

-- From nothing.
do $revoke$
declare
    taking_back text;
begin
    for taking_back in
        select format('revoke all on schema %I from public, assay_listener, assay_transformer, assay_reader', nspname)
        from pg_namespace
        where nspname in ('ops', 'bronze', 'silver', 'gold', 'months')
        union all
        select format('revoke all on table %s from assay_listener, assay_transformer, assay_reader', pg_class.oid::regclass)
        from pg_class
        where relnamespace::regnamespace::text in ('ops', 'bronze', 'silver', 'gold', 'months')
            and relkind in ('r', 'p', 'v', 'm') and pg_has_role(relowner, 'usage')
        union all
        select format('revoke all on routine %s from public, assay_listener, assay_transformer, assay_reader', pg_proc.oid::regprocedure)
        from pg_proc
        where pronamespace::regnamespace::text in ('ops', 'bronze', 'silver', 'gold')
            and provolatile = 'v' and pg_has_role(proowner, 'usage')
        union all
        -- Everybody has it from the start: with a temporary table come functions of one's own.
        select format('revoke temporary on database %I from public', current_database())
    loop
        execute taking_back;
    end loop;
    execute format('grant temporary on database %I to assay_transformer', current_database());
end;
$revoke$;

-- assay_reader: reads everything, dead letters included: they are what GitHub or a file held, as bronze is.
grant usage on schema ops, bronze, silver, gold, months to assay_reader;
-- assay_transformer: the same, and writes silver and gold.
grant usage on schema ops, bronze, silver, gold, months to assay_transformer;
do $read$
declare
    giving text;
begin
    for giving in
        select format('grant select on table %s to assay_reader, assay_transformer', pg_class.oid::regclass)
        from pg_class
        where relnamespace::regnamespace::text in ('ops', 'bronze', 'silver', 'gold', 'months')
            and relkind in ('r', 'p', 'v', 'm') and pg_has_role(relowner, 'usage')
    loop
        execute giving;
    end loop;
end;
$read$;
-- What tells who was erased is the owner's alone.
revoke all on ops.erasure_key, ops.erased_names, ops.erased_actors, ops.erasures from assay_reader, assay_transformer;
-- Not the names of one that is under way, or was cut short.
grant select (erasure_id, erased_actor_id, status, removes, started_at, finished_at) on ops.erasures to assay_reader, assay_transformer;
-- Tables and views made later; a new month takes its rights from its table (ops.begin_month).
alter default privileges in schema ops, bronze, silver, gold grant select on tables to assay_reader, assay_transformer;

grant insert on silver.events, gold.fact_events, gold.dim_date, gold.dim_event_types to assay_transformer;
grant insert, update on gold.dim_actors, gold.dim_repos, gold.feed_coverage, ops.pipeline_runs, ops.pipeline_watermarks to assay_transformer;
grant insert, update, delete
    on gold.mart_event_counts, gold.mart_activity, gold.mart_subjects, gold.dim_repos_history, gold.dim_actors_history, ops.feed_gaps
    to assay_transformer;
grant delete on ops.pending_marts to assay_transformer;
-- Quality: what was checked and learned, and the pruning of it.
grant insert, delete on ops.quality_results, ops.column_profiles to assay_transformer;
grant insert, update on ops.payload_fields, ops.payload_field_months, ops.payload_changes to assay_transformer;
grant execute on routine
    silver.begin_run,
    silver.load_slice,
    gold.add_dates,
    gold.load_feed_coverage,
    gold.load_history,
    gold.load_marts,
    gold.load_subjects,
    gold.rebuild_marts,
    ops.add_month,
    ops.begin_month,
    ops.end_month,
    ops.drop_month,
    ops.summarize_new_blocks,
    ops.take_statistics,
    ops.oldest_open_transaction,
    ops.read_from,
    ops.note_full_read,
    ops.advance_watermark,
    ops.report_step,
    ops.find_feed_gaps,
    ops.keep_feed_gap,
    ops.close_feed_gaps,
    ops.learn_payload_fields,
    ops.find_payload_changes,
    ops.profile_columns,
    ops.checked_until,
    ops.prune_quality
to assay_transformer;

-- assay_listener: brings events into bronze, and sees neither silver nor gold.
grant usage on schema ops, bronze, months to assay_listener;
grant select, insert on bronze.raw_events, bronze.sightings, ops.polls, ops.warehouse_origin, ops.pipeline_runs to assay_listener;
grant select, insert, update (attempts, last_failed_at, csv_columns, resolved_at, resolution, resolution_note)
    on bronze.dead_letter_queue to assay_listener;
grant select, insert, update on ops.source_files to assay_listener;
grant select, update (status, healed_at, healed_by, events_recovered, tried_at, try_count, note) on ops.feed_gaps to assay_listener;
grant select on ops.schema_files to assay_listener;
grant execute on routine
    bronze.save_events,
    -- Erased persons are kept out with the owner's rights: the tombstones are not the listener's to read.
    ops.erased_pattern,
    bronze.admit_event,
    bronze.admit_letter,
    ops.add_month,
    ops.begin_month,
    ops.end_month,
    ops.close_feed_gaps
to assay_listener;

-- Alerts: both processes look, since the other may be the one that is dead.
grant select, insert, update, delete on ops.alerts to assay_listener, assay_transformer;
grant select, insert, update on ops.alert_notices to assay_listener, assay_transformer;
grant execute on routine ops.note_findings, ops.due_notices to assay_listener, assay_transformer;
grant select on ops.pipeline_watermarks, ops.payload_changes, ops.v_quality_checks to assay_listener;
-- Not the samples: they hold rows of gold.
grant select (result_id, run_id, checked_at, check_name, severity, layer, category, status, row_count, is_row_count_exact, message)
    on ops.quality_results to assay_listener;

-- The owner's alone, and PostgreSQL calls for nobody else:
--     ops.reset_silver, ops.reset_gold, ops.reset_history, ops.reset_coverage, ops.reset_marts, ops.why_month_stays
--     gold.recount_subjects, gold.recount_repos, gold.remove_facts, ops.subtract_from_marts
--     ops.begin_erasure, ops.remember_names, ops.erase_month, ops.erase_rows, ops.erase_elsewhere
