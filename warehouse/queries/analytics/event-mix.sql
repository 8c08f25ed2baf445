-- One row per event type that has events, most frequent first.
--
-- What the warehouse is made of: events and percentage of each type, by how many accounts, in how many repositories.
with
facts as (
    select * from gold.fact_events
),
types as (
    select * from gold.dim_event_types
)
select
    types.event_type,
    types.event_category,
    types.is_core_metric,
    count(*) as event_count,
    round(100.0 * count(*) / sum(count(*)) over (), 1) as event_percent,
    count(distinct facts.actor_id) filter (where facts.actor_id <> -1) as user_count,
    count(distinct facts.repo_id) filter (where facts.repo_id <> -1) as repo_count
from facts
join types on types.event_type = facts.event_type
group by types.event_type, types.event_category, types.is_core_metric
order by event_count desc, types.event_type;
