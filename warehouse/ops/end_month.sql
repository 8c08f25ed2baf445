-- The second half of ops.add_month: moves into a table made by ops.begin_month what the partition for the rest holds of the
-- month, gives it the parent's keys and indexes, and attaches it. Gives how many rows were moved.
create or replace function ops.end_month(parent regclass, month date) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
    partition constant text := ops.partition_name(parent, month);
    other constant text := ops.partition_name(parent);
    month_start constant timestamptz := month::timestamp at time zone 'UTC';
    month_end constant timestamptz := (month + interval '1 month') at time zone 'UTC';
    move_rows constant text := format(
        $move$
            with moved as (
                delete from %2$s where %3$s >= $1 and %3$s < $2 returning *
            ),
            stored as (
                insert into %1$s select * from moved returning 1
            )
            select count(*) from stored
        $move$,
        partition, other, ops.partition_column(parent)
    );
    definition text;
    row_count bigint;
    moved_count bigint;
begin
    perform ops.require_monthly_table(parent);
    -- For Citus, see gold/etl.
    perform set_config('citus.multi_shard_modify_mode', 'sequential', true);
    execute move_rows into row_count using month_start, month_end;

    for definition in
        select format('alter table %s add %s', partition, pg_get_constraintdef(oid))
        from pg_constraint
        where conrelid = parent and contype in ('p', 'u', 'f')
        order by contype desc
    loop
        execute definition;
    end loop;
    for definition in
        select regexp_replace(pg_get_indexdef(indexrelid), '^CREATE INDEX [^ ]+ ON ONLY [^ ]+', 'create index on ' || partition)
        from pg_index
        where indrelid = parent and indexrelid not in (select conindid from pg_constraint where conrelid = parent)
    loop
        execute definition;
    end loop;

    -- What was stored meanwhile; nothing more can come once the lock is held.
    execute format('lock table %s in access exclusive mode', other);
    execute move_rows into moved_count using month_start, month_end;
    execute format('alter table %s attach partition %s for values from (%L) to (%L)', parent, partition, month_start, month_end);
    execute format('alter table %s drop constraint is_in_month', partition);
    return row_count + moved_count;
end;
$$;
comment on function ops.end_month(regclass, date) is 'Attaches a table made by ops.begin_month, with what the partition for the rest holds of the month; gives how many rows were moved.';
