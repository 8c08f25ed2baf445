-- One row per name in the histories that does not end where the next one begins, or is the same as the next one.
--
-- layer: gold
-- category: consistency
-- why: With a gap or an overlap, a join on the time of an event loses or doubles it.
with names as (
    select 'repository' as kind, version.repo_id as id, version.valid_from, version.valid_to, version.repo_name as name, version.org_login
    from gold.dim_repos_history as version
    where version.repo_id in (select repo_id from gold.repos_to_check())
    union all
    select 'account', version.actor_id, version.valid_from, version.valid_to, version.actor_login, null
    from gold.dim_actors_history as version
    where version.actor_id in (select actor_id from gold.actors_to_check())
),
in_order as (
    select
        *,
        lead(valid_from) over by_time as next_from,
        lead(name) over by_time as next_name,
        lead(org_login) over by_time as next_org_login
    from names
    window by_time as (partition by kind, id order by valid_from)
)
select kind, id, name, valid_from, valid_to, next_from, next_name
from in_order
where valid_to is distinct from next_from
   or (name, org_login) is not distinct from (next_name, next_org_login)
