-- The first half of ops.add_month: makes an empty table beside the parent, which nobody reads until ops.end_month attaches it.
-- False when there is a table of that name.
--
-- With the owner's rights, so that who brings rows needs none to create tables. Whoever may write or read the parent may do
-- so with it, and nobody else.
create or replace function ops.begin_month(parent regclass, month date) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
    partition constant text := ops.partition_name(parent, month);
    definition text;
begin
    perform ops.require_monthly_table(parent);
    if month <> date_trunc('month', month) or not month::timestamp at time zone 'UTC' <@ ops.kept_months(now()) then
        raise exception '% is not the first day of a month that % has a partition for', month, parent
        using errcode = 'invalid_parameter_value';
    end if;
    -- For Citus, see gold/etl.
    perform set_config('citus.multi_shard_modify_mode', 'sequential', true);
    perform pg_advisory_xact_lock(hashtext('assay.months'));
    if to_regclass(partition) is not null then
        return false;
    end if;
    execute format(
        'create table %1$s (like %2$s including all excluding indexes, constraint is_in_month check (%3$s >= %4$L and %3$s < %5$L))',
        partition, parent, ops.partition_column(parent),
        month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC'
    );
    execute format('comment on table %s is %L', partition, format('Rows of %s of %s.', parent, to_char(month, 'FMMonth YYYY')));
    for definition in
        -- A partitioned table cannot have storage settings; its partition for the rest keeps them.
        select 'alter table ' || partition || ' set (' || array_to_string(reloptions, ', ') || ')'
        from pg_class
        where oid = ops.partition_name(parent)::regclass and reloptions is not null
        union all
        select format(
            'grant %s on %s to %s', privilege_type, partition,
            case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end
        )
        from pg_class
        cross join lateral aclexplode(relacl)
        where oid = parent and grantee <> relowner and privilege_type in ('SELECT', 'INSERT')
    loop
        execute definition;
    end loop;
    return true;
end;
$$;
comment on function ops.begin_month(regclass, date) is 'Makes an empty table that ops.end_month will attach as the partition of a table for a month; false when it exists.';

-- Fails unless a table is one of those kept by month and the session's user may read it: what functions with the owner's
-- rights ask first.
create or replace function ops.require_monthly_table(parent regclass) returns void
language plpgsql stable as $$
begin
    if parent <> all (array['bronze.raw_events', 'bronze.sightings', 'silver.events', 'gold.fact_events']::regclass[]) then
        raise exception '% is not kept by month', parent using errcode = 'invalid_parameter_value';
    end if;
    if not has_table_privilege(session_user, parent, 'select') then
        raise exception 'permission denied for the months of %', parent using errcode = 'insufficient_privilege';
    end if;
end;
$$;
comment on function ops.require_monthly_table(regclass) is 'Fails unless a table is kept by month and the session''s user may read it.';
