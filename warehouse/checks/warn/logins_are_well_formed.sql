-- One row per event whose login no GitHub account can have.
--
-- layer: silver
-- category: business rules
-- why: A login is the name people know an account by. One that cannot exist was damaged on the way.
select event_id, event_type, event_time, actor_id, actor_login, source
from silver.events
where processed_at >= ops.checked_since()
  and actor_login !~ '^[A-Za-z0-9][A-Za-z0-9_-]*(\[bot\])?$'
