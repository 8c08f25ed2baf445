-- Whose names a check looks at: those of new facts, since only these change names. Whoever looks at everything also sees those
-- whose facts are gone. So the cost of a check is that of what came in, however many names there are.

create or replace function gold.repos_to_check() returns table (repo_id bigint)
language sql stable as $$
    select fact.repo_id from gold.fact_events as fact where fact.silver_processed_at >= ops.checked_since()
    union
    select repo.repo_id from gold.dim_repos as repo where ops.checked_since() = '-infinity'
    union
    select version.repo_id from gold.dim_repos_history as version where ops.checked_since() = '-infinity';
$$;
comment on function gold.repos_to_check() is 'The repositories whose names a check looks at.';

create or replace function gold.actors_to_check() returns table (actor_id bigint)
language sql stable as $$
    select fact.actor_id from gold.fact_events as fact where fact.silver_processed_at >= ops.checked_since()
    union
    select actor.actor_id from gold.dim_actors as actor where ops.checked_since() = '-infinity'
    union
    select version.actor_id from gold.dim_actors_history as version where ops.checked_since() = '-infinity';
$$;
comment on function gold.actors_to_check() is 'The accounts whose names a check looks at.';
