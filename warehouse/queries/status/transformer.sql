-- One row while a transformer holds its lock, else none.
--
-- The lock is an advisory one under the name assay.transformer, held for as long as the session lives.
with
held as (
    select pg_locks.pid
    from pg_locks
    where pg_locks.locktype = 'advisory'
      and pg_locks.granted
      and pg_locks.database = (select oid from pg_database where datname = current_database())
      -- A lock with one number of 64 bits; pg_locks shows its halves.
      and pg_locks.objsubid = 1
      and ((pg_locks.classid::bigint << 32) | pg_locks.objid::bigint) = hashtext('assay.transformer')::bigint
)
select
    held.pid,
    host(activity.client_addr) as client_address,
    activity.backend_start as connected_at,
    activity.state <> 'idle' as is_working
from held
left join pg_stat_activity as activity on activity.pid = held.pid;
