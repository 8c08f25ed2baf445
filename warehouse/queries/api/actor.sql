-- One row: what an account did in a span.
--
-- $1 actor_id, $2 since, $3 until.
with
counts as materialized (
    select fact.event_type, fact.date_id, fact.repo_id, count(*) as event_count
    from gold.fact_events as fact
    where fact.actor_id = $1::bigint
      and fact.event_time >= $2::timestamptz
      and fact.event_time < $3::timestamptz
    group by fact.event_type, fact.date_id, fact.repo_id
),
types as (
    select event_type, sum(event_count) as events from counts group by event_type
),
days as (
    select date_id, sum(event_count) as events, count(distinct repo_id) filter (where repo_id <> -1) as repos
    from counts
    group by date_id
),
repos as (
    select counts.repo_id, repo.repo_name, sum(counts.event_count) as events
    from counts
    join gold.dim_repos as repo on repo.repo_id = counts.repo_id
    where counts.repo_id <> -1
    group by counts.repo_id, repo.repo_name
    order by events desc, counts.repo_id
    limit 10
)
select
    (select coalesce(sum(event_count), 0)::bigint from counts) as events,
    (select count(distinct repo_id) from counts where repo_id <> -1) as repos,
    (
        select coalesce(json_agg(json_build_object('event_type', event_type, 'events', events) order by events desc, event_type), '[]')
        from types
    ) as by_type,
    (
        select coalesce(json_agg(json_build_object('day', to_char(date_day, 'YYYY-MM-DD'), 'events', events, 'repos', repos) order by date_day), '[]')
        from days
        join gold.dim_date as date on date.date_id = days.date_id
    ) as days,
    (
        select coalesce(json_agg(json_build_object('id', repo_id::text, 'name', repo_name, 'events', events) order by events desc, repo_id), '[]')
        from repos
    ) as top_repos;
