-- One row per account with new events whose is_bot does not go with its login.
--
-- layer: gold
-- category: consistency
-- why: Half of all analyses leave bots out by this column.
select actor.actor_id, actor.actor_login, actor.is_bot
from gold.dim_actors as actor
where actor.actor_id in (select actor_id from gold.fact_events where silver_processed_at >= ops.checked_since())
  and actor.is_bot <> (actor.actor_login like '%[bot]')
