-- Events by month: bronze.raw_events, bronze.sightings, silver.events and gold.fact_events become tables partitioned by
-- the event's own time (UTC months), so that what is old can be dropped as a whole and an index is never larger than its
-- month. The time is part of every key, so an event has one partition it can be in, and keys stay exact.
--
-- What a table holds so far becomes its partition for everything else, as it is, without a row being moved. Rows of
-- known months are moved out of it afterwards, a month at a time (ops.add_months).
create schema months;
comment on schema months is 'Partitions of the tables in bronze, silver and gold: one a month, and one for the rest. Read the tables, not these.';

-- One row per partition that was dropped.
create table ops.dropped_partitions (
    dropped_partition_id bigint generated always as identity primary key,
    table_name text not null,
    month date not null,
    row_count bigint not null,
    size_bytes bigint not null,
    retention_days integer not null,
    dropped_at timestamptz not null default now()
);
create index dropped_partitions_table_name_month on ops.dropped_partitions (table_name, month);
comment on table ops.dropped_partitions is 'One row per month of a table that was dropped because it was older than its layer keeps rows. A month that came in again afterwards is dropped again, and has a row for each time.';
comment on column ops.dropped_partitions.dropped_partition_id is 'Number of the row.';
comment on column ops.dropped_partitions.table_name is 'bronze.raw_events, bronze.sightings, silver.events or gold.fact_events.';
comment on column ops.dropped_partitions.month is 'First day of the UTC month.';
comment on column ops.dropped_partitions.row_count is 'How many rows it held.';
comment on column ops.dropped_partitions.size_bytes is 'Bytes on disk that were freed, indexes included.';
comment on column ops.dropped_partitions.retention_days is 'For how many days after its end the layer kept a month then.';
comment on column ops.dropped_partitions.dropped_at is 'When it was dropped.';

-- A view binds to a table, not to its name: it would go on reading the old one. Ours are made again after this file;
-- what others have built has to be taken away and made again by them.
do $$
declare
    foreign_views text;
begin
    select string_agg(distinct dependent.oid::regclass::text, ', ')
    into foreign_views
    from pg_depend
    join pg_rewrite on pg_rewrite.oid = pg_depend.objid and pg_depend.classid = 'pg_rewrite'::regclass
    join pg_class as dependent on dependent.oid = pg_rewrite.ev_class
    where pg_depend.refobjid in ('bronze.raw_events'::regclass, 'bronze.sightings'::regclass, 'silver.events'::regclass, 'gold.fact_events'::regclass)
      and dependent.oid not in (to_regclass('silver.v_events'), to_regclass('gold.v_events'));
    if foreign_views is not null then
        raise exception 'These views of yours read a table that has to be replaced: %', foreign_views
        using errcode = 'dependent_objects_still_exist',
            hint = 'Keep their definitions (pg_get_viewdef), drop them, run setup-db, and create them again.';
    end if;
end;
$$;
drop function if exists silver.load_batch(timestamptz, integer, timestamptz, interval);
drop view if exists silver.v_events, gold.v_events;
-- All files without a number are run again after this one.
delete from ops.schema_files where file_name !~ '/[0-9]+_';

-- Who may read or write a table may do so with the one that takes its place.
create function pg_temp.copy_privileges(source regclass, target regclass) returns void
language plpgsql as $$
declare
    given record;
begin
    execute format('alter table %s owner to %I', target, (select pg_get_userbyid(relowner) from pg_class where oid = source));
    for given in
        select privilege.privilege_type, privilege.is_grantable,
            case when privilege.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(privilege.grantee)) end as grantee
        from pg_class cross join lateral aclexplode(pg_class.relacl) as privilege
        where pg_class.oid = source and privilege.grantee <> pg_class.relowner
    loop
        execute format(
            'grant %s on %s to %s%s', given.privilege_type, target, given.grantee,
            case when given.is_grantable then ' with grant option' else '' end
        );
    end loop;
end;
$$;

-- bronze.raw_events
alter table bronze.raw_events rename to bronze_raw_events_other;
alter table bronze.bronze_raw_events_other set schema months;
create table bronze.raw_events (like months.bronze_raw_events_other including all excluding indexes) partition by range (created_at);
alter table bronze.raw_events add constraint raw_events_key unique nulls not distinct (event_id, event_type, created_at);
create index raw_events_ingested_at on bronze.raw_events (ingested_at);
create index raw_events_created_at on bronze.raw_events using brin (created_at timestamptz_minmax_multi_ops) with (pages_per_range = 32, autosummarize = on);
alter table bronze.raw_events attach partition months.bronze_raw_events_other default;
select pg_temp.copy_privileges('months.bronze_raw_events_other', 'bronze.raw_events');
comment on table bronze.raw_events is 'One row per event, partitioned by the UTC month of created_at. Append-only. An event is (event_id, event_type, created_at): GitHub has restarted its id sequence, so an id alone names no event.';
comment on table months.bronze_raw_events_other is 'Rows of bronze.raw_events without a readable time, or of a month that has no partition.';

-- bronze.sightings
alter table bronze.sightings rename to bronze_sightings_other;
alter table bronze.bronze_sightings_other set schema months;
create table bronze.sightings (like months.bronze_sightings_other including all excluding indexes) partition by range (created_at);
alter table bronze.sightings add constraint sightings_key unique nulls not distinct (event_id, event_type, created_at, source_class);
create index sightings_seen_at on bronze.sightings (seen_at);
create index sightings_created_at on bronze.sightings using brin (created_at timestamptz_minmax_multi_ops) with (pages_per_range = 32, autosummarize = on);
alter table bronze.sightings attach partition months.bronze_sightings_other default;
select pg_temp.copy_privileges('months.bronze_sightings_other', 'bronze.sightings');
comment on table bronze.sightings is 'One row per event and further kind of source that showed it, besides the one that showed it first (bronze.raw_events.source). Partitioned by the UTC month of created_at. Append-only.';
comment on table months.bronze_sightings_other is 'Rows of bronze.sightings without a readable time, or of a month that has no partition.';

-- silver.events
alter table silver.events rename to silver_events_other;
alter table silver.silver_events_other set schema months;
create table silver.events (like months.silver_events_other including all excluding indexes) partition by range (event_time);
alter table silver.events add constraint events_key unique nulls not distinct (event_id, event_type, event_time);
create index events_processed_at on silver.events (processed_at);
create index events_unreadable on silver.events (processed_at) where unreadable is not null or event_time is null;
alter table silver.events attach partition months.silver_events_other default;
select pg_temp.copy_privileges('months.silver_events_other', 'silver.events');
comment on table silver.events is 'One row per event of bronze.raw_events, with the same key, partitioned by the UTC month of event_time. NULL means that GitHub did not send it, or not readably (see unreadable).';
comment on table months.silver_events_other is 'Rows of silver.events without a readable time, or of a month that has no partition.';

-- gold.fact_events
alter table gold.fact_events rename to gold_fact_events_other;
alter table gold.gold_fact_events_other set schema months;
create table gold.fact_events (like months.gold_fact_events_other including all excluding indexes) partition by range (event_time);
alter table gold.fact_events add primary key (event_id, event_type, event_time);
create index fact_events_date_id on gold.fact_events (date_id);
create index fact_events_repo_id on gold.fact_events (repo_id, event_time);
create index fact_events_actor_id on gold.fact_events (actor_id, event_time);
alter table gold.fact_events add constraint fact_events_date_id_fkey foreign key (date_id) references gold.dim_date;
alter table gold.fact_events add constraint fact_events_actor_id_fkey foreign key (actor_id) references gold.dim_actors;
alter table gold.fact_events add constraint fact_events_repo_id_fkey foreign key (repo_id) references gold.dim_repos;
alter table gold.fact_events add constraint fact_events_event_type_fkey foreign key (event_type) references gold.dim_event_types;
alter table gold.fact_events attach partition months.gold_fact_events_other default;
select pg_temp.copy_privileges('months.gold_fact_events_other', 'gold.fact_events');
comment on table gold.fact_events is 'One row per event with a readable time, partitioned by its UTC month. Rows never change.';
comment on table months.gold_fact_events_other is 'Rows of gold.fact_events of a month that has no partition.';

comment on table ops.pipeline_runs is 'One row per run of a pipeline: maintain (partitions and retention), silver, gold, coverage (how complete it is) or heal (gaps filled from archives).';
comment on column ops.pipeline_runs.pipeline is 'maintain, silver, gold, coverage or heal.';
comment on column ops.pipeline_runs.rows_in is 'Rows read; for gold, those new to it; for coverage, hours counted; for heal, files fetched; for maintain, rows moved into a new partition.';
comment on column ops.pipeline_runs.rows_out is 'Rows written to the target (silver.events, gold.fact_events); for maintain, rows dropped past their retention.';
