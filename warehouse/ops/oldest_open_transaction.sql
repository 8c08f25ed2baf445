-- Start of the oldest transaction that is open in this database, our own aside; now() when there is none.
-- NULL when it cannot be known: other roles' sessions are hidden from us, tracking is off, or a
-- prepared transaction waits (its start is not recorded).
--
-- Rows are stamped with now(), the start of their transaction. So no row that is still to be committed
-- can be stamped earlier than this: a watermark that stays at or below it never passes such a row.
-- Call it once a run, in a statement of its own, before the first that reads rows: what commits between two batches
-- of a run is behind the first.
--
-- With the owner's rights: other roles' sessions are visible to members of pg_read_all_stats, which could read every
-- statement that anybody runs. The transformer learns one time, and nothing else.
create or replace function ops.oldest_open_transaction() returns timestamptz
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
    select case
        when exists (select 1 from pg_prepared_xacts where database = current_database()) then null
        when bool_or(activity.state is null or activity.state = 'disabled') then null
        else coalesce(min(activity.xact_start), now())
    end
    from pg_stat_activity as activity
    where activity.datname = current_database()
      -- NULL: a session that we may not see into.
      and coalesce(activity.backend_type, '') in ('', 'client backend', 'background worker', 'parallel worker')
      and activity.pid <> pg_backend_pid();
$$;
comment on function ops.oldest_open_transaction() is 'Start of the oldest open transaction of other sessions in this database; now() when there is none, NULL when it cannot be known.';
