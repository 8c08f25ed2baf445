-- One row: what happened in a repository in a span.
--
-- $1 repo_id, $2 since, $3 until.
with
counts as materialized (
    select fact.event_type, fact.date_id, fact.actor_id, count(*) as event_count
    from gold.fact_events as fact
    where fact.repo_id = $1::bigint
      and fact.event_time >= $2::timestamptz
      and fact.event_time < $3::timestamptz
    group by fact.event_type, fact.date_id, fact.actor_id
),
types as (
    select event_type, sum(event_count) as events from counts group by event_type
),
days as (
    select date_id, sum(event_count) as events, count(distinct actor_id) filter (where actor_id <> -1) as actors
    from counts
    group by date_id
),
actors as (
    select counts.actor_id, actor.actor_login, actor.is_bot, sum(counts.event_count) as events
    from counts
    join gold.dim_actors as actor on actor.actor_id = counts.actor_id
    where counts.actor_id <> -1
    group by counts.actor_id, actor.actor_login, actor.is_bot
    order by events desc, counts.actor_id
    limit 10
)
select
    (select coalesce(sum(event_count), 0)::bigint from counts) as events,
    (select count(distinct actor_id) from counts where actor_id <> -1) as actors,
    (
        select coalesce(json_agg(json_build_object('event_type', event_type, 'events', events) order by events desc, event_type), '[]')
        from types
    ) as by_type,
    (
        select coalesce(json_agg(json_build_object('day', to_char(date_day, 'YYYY-MM-DD'), 'events', events, 'actors', actors) order by date_day), '[]')
        from days
        join gold.dim_date as date on date.date_id = days.date_id
    ) as days,
    (
        select coalesce(
            json_agg(json_build_object('id', actor_id::text, 'login', actor_login, 'is_bot', is_bot, 'events', events) order by events desc, actor_id),
            '[]'
        )
        from actors
    ) as top_actors;
