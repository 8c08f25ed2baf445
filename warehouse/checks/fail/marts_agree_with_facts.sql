-- One row per UTC day of which the marts count other events, accounts or repositories than there are facts.
--
-- layer: gold
-- category: consistency
-- why: Dashboards read the marts. They are added to, load by load, and an event that was added twice or not at all would stay so.
-- The days of the facts that are new are compared, whole.
with days as materialized (
    select date_id, to_date(date_id::text, 'YYYYMMDD')::timestamp at time zone 'UTC' as starts_at
    from gold.fact_events
    where silver_processed_at >= ops.checked_since()
    group by date_id
),
facts as (
    select fact.date_id, count(*) as event_count, count(distinct (fact.repo_id, fact.actor_id)) as pair_count
    from gold.fact_events as fact
    where fact.date_id in (select date_id from days)
      and fact.event_time >= (select min(starts_at) from days)
      and fact.event_time < (select max(starts_at) + interval '24 hours' from days)
    group by fact.date_id
),
activity as (
    select date_id, sum(event_count) as event_count, count(*) as pair_count
    from gold.mart_activity
    where date_id in (select date_id from days)
    group by date_id
),
by_type as (
    select days.date_id, sum(counts.event_count) as event_count
    from days
    join gold.mart_event_counts as counts on counts.hour >= days.starts_at and counts.hour < days.starts_at + interval '24 hours'
    group by days.date_id
)
select
    facts.date_id,
    facts.event_count,
    facts.pair_count,
    activity.event_count as event_count_in_activity,
    activity.pair_count as pair_count_in_activity,
    by_type.event_count as event_count_by_type
from facts
join days on days.date_id = facts.date_id
left join activity on activity.date_id = facts.date_id
left join by_type on by_type.date_id = facts.date_id
where (facts.event_count, facts.pair_count, facts.event_count)
    is distinct from (activity.event_count, activity.pair_count, by_type.event_count)
  and not days.starts_at <@ gold.uncounted_times()
