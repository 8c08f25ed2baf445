-- One row per account of a login, in any case, the one with the newest event first: a login that was given up may be taken
-- by another.
--
-- $1 the login.
select
    actor_id::text as id,
    actor_login as login,
    is_bot,
    last_event_time as last_event_at
from gold.dim_actors
where lower(actor_login) collate "C" = lower($1::text)
  and actor_id <> -1
order by last_event_time desc nulls last, actor_id;
