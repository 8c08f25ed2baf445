-- Retention: months that are older than their layer keeps rows are dropped as a whole, once the layer after has all of
-- them. To be called under the transformer's lock.

-- The times of which a table has dropped its months: what the layers after it made of them stays as it is, since it can
-- not be made again.
create or replace function ops.dropped_times(of_table text) returns tstzmultirange
language sql stable as $$
    select coalesce(
        range_agg(tstzrange(month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC')),
        '{}'
    )
    from ops.dropped_partitions
    where table_name = of_table;
$$;
comment on function ops.dropped_times(text) is 'The times of which a table has dropped its months.';

-- One row per month of a table that ended more than so many days ago.
create or replace function ops.expired_months(parent regclass, retention_days integer, as_of timestamptz default now())
returns setof date
language sql stable as $$
    select month
    from ops.months_of(parent)
    where (month + interval '1 month') at time zone 'UTC' <= as_of - make_interval(days => retention_days)
    order by month;
$$;
comment on function ops.expired_months(regclass, integer, timestamptz) is 'One row per month of a table that ended more than so many days ago.';

-- The time before which a pipeline has read every row. Its watermark may be the very time of a transaction that is still
-- open; a day later none is.
create or replace function ops.read_for_good(of_pipeline text) returns timestamptz
language sql stable as $$
    select coalesce(
        max(case when watermark < now() - interval '1 day' then watermark + interval '1 microsecond' else watermark end),
        '-infinity'
    )
    from ops.pipeline_watermarks
    where pipeline = of_pipeline;
$$;
comment on function ops.read_for_good(text) is 'The time before which a pipeline has read every row.';

-- Whether the next layer has every event of a month's partition, compared key by key. Reads the month in both.
create or replace function ops.is_month_in(partition text, time_column text, next_layer regclass, month date) returns boolean
language plpgsql stable as $$
declare
    is_in boolean;
begin
    execute format(
        $query$
            select not exists (
                select from %1$s as event
                where not exists (
                    select from %3$s as made
                    where made.event_id = event.event_id
                      and made.event_type = event.event_type
                      and made.event_time = event.%2$I
                      and made.event_time >= %4$L and made.event_time < %5$L
                )
            )
        $query$,
        partition, time_column, next_layer,
        month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC'
    ) into is_in;
    return is_in;
end;
$$;
comment on function ops.is_month_in(text, text, regclass, date) is 'Whether the next layer has every event of a month''s partition.';

-- Why a month of a table may not be dropped; NULL when it may. A layer goes only after the one it is made from: else a
-- rebuild would bring its rows back. And it goes only when the next one has all of it.
create or replace function ops.why_month_stays(parent regclass, month date) returns text
language plpgsql as $$
declare
    partition constant text := ops.partition_name(parent, month);
    has_rows boolean;
begin
    if parent = 'bronze.raw_events'::regclass then
        execute format('select exists (select from %s where ingested_at >= $1)', partition)
        into has_rows
        using least(ops.read_for_good('silver'), ops.read_for_good('coverage'));
        if has_rows then
            return 'rows of it have not been read by silver or counted by coverage yet';
        end if;
        return case when not ops.is_month_in(partition, 'created_at', 'silver.events', month) then 'rows of it are not in silver' end;
    elsif parent = 'bronze.sightings'::regclass then
        if to_regclass(ops.partition_name('bronze.raw_events', month)) is not null then
            return 'its events are still in bronze';
        end if;
        execute format('select exists (select from %s where seen_at >= $1)', partition)
        into has_rows
        using ops.read_for_good('coverage');
        return case when has_rows then 'rows of it have not been counted by coverage yet' end;
    elsif exists (select from ops.pending_marts as pending where pending.month = why_month_stays.month) then
        return 'the marts have not counted it yet';
    elsif parent = 'silver.events'::regclass then
        if to_regclass(ops.partition_name('bronze.raw_events', month)) is not null then
            return 'its events are still in bronze';
        end if;
        return case when not ops.is_month_in(partition, 'event_time', 'gold.fact_events', month) then 'rows of it are not in gold' end;
    elsif parent = 'gold.fact_events'::regclass then
        return case
            when to_regclass(ops.partition_name('silver.events', month)) is not null then 'its events are still in silver'
        end;
    end if;
    raise exception '% is not kept by month', parent using errcode = 'invalid_parameter_value';
end;
$$;
comment on function ops.why_month_stays(regclass, date) is 'Why a month of a table may not be dropped; NULL when it may.';

-- Drops a month of a table and enters it in ops.dropped_partitions, if it may be dropped; else says why not. With the owner's
-- rights: retention needs none to drop anything else.
create or replace function ops.drop_month(
    parent regclass,
    month date,
    retention_days integer,
    out row_count bigint,
    out size_bytes bigint,
    out why_not text
)
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
    partition constant text := ops.partition_name(parent, month);
    stamp_column constant text := case parent::oid
        when 'bronze.raw_events'::regclass then 'ingested_at'
        when 'bronze.sightings'::regclass then 'seen_at'
        when 'silver.events'::regclass then 'processed_at'
        else 'silver_processed_at'
    end;
    -- A row that cannot be seen yet is stamped with this time or a later one.
    settled constant timestamptz := coalesce(ops.oldest_open_transaction(), now() - interval '1 day');
    came_meanwhile boolean;
begin
    perform ops.require_monthly_table(parent);
    if to_regclass(partition) is null then
        why_not := 'there is no such partition';
        return;
    end if;
    why_not := ops.why_month_stays(parent, month);
    if why_not is not null then
        return;
    end if;
    execute format('select count(*) from %s', partition) into row_count;
    size_bytes := ops.size_on_disk(partition::regclass);

    execute format('lock table only %s, %s in access exclusive mode', parent, partition);
    execute format('select exists (select from %s where %I >= $1)', partition, stamp_column) into came_meanwhile using settled;
    if came_meanwhile then
        why_not := 'rows came in at this moment';
        row_count := null;
        size_bytes := null;
        return;
    end if;
    execute format('drop table %s', partition);
    insert into ops.dropped_partitions (table_name, month, row_count, size_bytes, retention_days)
    values (
        (select nspname || '.' || relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace where pg_class.oid = parent),
        drop_month.month, drop_month.row_count, drop_month.size_bytes, drop_month.retention_days
    );
end;
$$;
comment on function ops.drop_month(regclass, date, integer) is 'Drops a month of a table and enters it in ops.dropped_partitions, or says why it may not be dropped.';
