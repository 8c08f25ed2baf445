-- The partitions of the tables that are kept by month (months.*). Times in UTC.
--
-- A row whose month has no partition goes to the table's partition for the rest (months.<schema>_<table>_other) and is as
-- good there as anywhere: that its month gets a partition is a matter of speed and of retention, never of correctness.

-- The partition of a table for a month, or for the rest (NULL), whether or not it exists.
create or replace function ops.partition_name(parent regclass, month date default null) returns text
language sql stable as $$
    select format('months.%I', nspname || '_' || relname || coalesce(to_char(month, '_YYYY_MM'), '_other'))
    from pg_class
    join pg_namespace on pg_namespace.oid = relnamespace
    where pg_class.oid = parent;
$$;
comment on function ops.partition_name(regclass, date) is 'Name of a table''s partition for a month, or with NULL for the rest, whether or not it exists.';

-- The column a table is partitioned by.
create or replace function ops.partition_column(parent regclass) returns text
language sql stable as $$
    select quote_ident(attname)
    from pg_partitioned_table
    join pg_attribute on attrelid = partrelid and attnum = partattrs[0]
    where partrelid = parent;
$$;
comment on function ops.partition_column(regclass) is 'The column a table is partitioned by.';

-- One row per month that a table has a partition for.
create or replace function ops.months_of(parent regclass) returns table (month date, partition regclass)
language sql stable as $$
    select to_date(right(relname, 7), 'YYYY_MM'), pg_class.oid::regclass
    from pg_inherits
    join pg_class on pg_class.oid = inhrelid
    where inhparent = parent and relname ~ '_[0-9]{4}_[0-9]{2}$';
$$;
comment on function ops.months_of(regclass) is 'One row per month that a table has a partition for.';

-- The span in which each month has a partition of its own: from the first month of the record (GH Archive begins in
-- February 2011) to the second after the present one. An event with a time outside is a mistake of whoever wrote it, and
-- a partition for each such month would be a way to fill the catalog.
create or replace function ops.kept_months(as_of timestamptz) returns tstzrange
language sql stable as $$
    select tstzrange(
        timestamp '2011-02-01' at time zone 'UTC',
        (date_trunc('month', as_of at time zone 'UTC') + interval '3 months') at time zone 'UTC'
    );
$$;
comment on function ops.kept_months(timestamptz) is 'The span in which each month has a partition of its own.';

-- One row per month that a table should have a partition for and has none: the present month and the two after it, so
-- that none is missing when a month begins; those of which the partition for the rest holds rows; and, for silver, those
-- that bronze has.
--
-- For whoever may read the table, as the three functions that make partitions: see ops.require_monthly_table.
create or replace function ops.missing_months(parent regclass, as_of timestamptz default now()) returns setof date
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    this_month constant timestamp := date_trunc('month', as_of at time zone 'UTC');
    kept constant tstzrange := ops.kept_months(as_of);
begin
    perform ops.require_monthly_table(parent);
    return query execute format(
        $query$
            select generate_series($1, $1 + interval '2 months', interval '1 month')::date
            union
            select distinct date_trunc('month', %1$s at time zone 'UTC')::date
            from %2$s
            where %1$s >= lower($2) and %1$s < upper($2)
            union
            select month from ops.months_of('bronze.raw_events') where $3
            except
            select month from ops.months_of($4)
            order by 1
        $query$,
        ops.partition_column(parent), ops.partition_name(parent)
    ) using this_month, kept, parent = 'silver.events'::regclass, parent;
end;
$$;
comment on function ops.missing_months(regclass, timestamptz) is 'One row per month that a table should have a partition for and has none.';

-- Makes the partition of a table for a month and moves into it what the partition for the rest holds of that month.
-- Gives how many rows it has then; NULL when it existed.
--
-- `staged` names a table or view of the same columns whose rows of that month go in first: filling a table before it has
-- keys, and checking them over the whole of it, costs a tenth of what they cost row by row. Every key of the parent is
-- enforced all the same. It is read with the caller's own rights, and so is whatever its name contains or it calls: only
-- making and attaching the partition is done with those of the owner (ops.begin_month, ops.end_month).
--
-- The partition is made beside the table. Only its attachment, at the end, locks readers of the partition for the rest
-- out, until the transaction ends: call it last. It waits two seconds for a lock, and fails with lock_not_available (55P03)
-- then: nothing but speed is lost when the caller goes on without the partition.
create or replace function ops.add_month(parent regclass, month date, staged text default null) returns bigint
language plpgsql as $$
declare
    staged_count bigint := 0;
begin
    if not ops.begin_month(parent, month) then
        return null;
    end if;
    if staged is not null then
        execute format(
            'with stored as (insert into %1$s select * from %2$s where %3$s >= $1 and %3$s < $2 returning 1) select count(*) from stored',
            ops.partition_name(parent, month), staged, ops.partition_column(parent)
        )
        into staged_count
        using month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC';
    end if;
    return staged_count + ops.end_month(parent, month);
end;
$$;
comment on function ops.add_month(regclass, date, text) is 'Makes the partition of a table for a month, with what the partition for the rest holds of it; gives its rows, NULL when it existed.';
