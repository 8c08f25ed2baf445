-- One row per name that silver has at a time and the history has not. Of several in one second, the history has one.
--
-- layer: gold
-- category: consistency
-- why: The history has to be that of all events, whatever the order they came in.
with new_events as (
    select
        coalesce(silver.to_bigint(repo_id), -1) as repo_id, repo_name, org_login,
        coalesce(silver.to_bigint(actor_id), -1) as actor_id, actor_login, event_time
    from silver.events
    where event_time is not null
      and processed_at >= ops.checked_since()
      and processed_at < (select ops.complete_until('gold'))
),
missing as (
    select
        'repository' as kind, event.repo_id as id, event.repo_name as name, event.org_login, event.event_time,
        version.repo_name as name_in_history, version.org_login as org_login_in_history
    from (
        select distinct repo_id, repo_name, org_login, event_time
        from new_events
        where repo_id <> -1 and repo_name is not null
    ) as event
    left join gold.dim_repos_history as version
        on version.repo_id = event.repo_id
        and version.valid_from <= event.event_time
        and (version.valid_to is null or version.valid_to > event.event_time)
    where (version.repo_name, version.org_login) is distinct from (event.repo_name, event.org_login)
    union all
    select 'account', event.actor_id, event.actor_login, null, event.event_time, version.actor_login, null
    from (
        select distinct actor_id, actor_login, event_time
        from new_events
        where actor_id <> -1 and actor_login is not null
    ) as event
    left join gold.dim_actors_history as version
        on version.actor_id = event.actor_id
        and version.valid_from <= event.event_time
        and (version.valid_to is null or version.valid_to > event.event_time)
    where version.actor_login is distinct from event.actor_login
)
select kind, id, name, name_in_history, event_time
from missing
where not exists (
    select 1
    from gold.fact_events as fact
    join silver.events as event
        on event.event_id = fact.event_id
        and event.event_type = fact.event_type
        and event.event_time = fact.event_time
    where fact.event_time = missing.event_time
      and (
        (missing.kind = 'repository' and fact.repo_id = missing.id
          and (event.repo_name, event.org_login) is not distinct from (missing.name_in_history, missing.org_login_in_history))
        or (missing.kind = 'account' and fact.actor_id = missing.id and event.actor_login = missing.name_in_history)
      )
)
