-- One row per dimension without its row -1.
--
-- layer: gold
-- category: referential integrity
-- why: Events that name no account or repository point there. Without the row the next load fails.
select 'gold.dim_actors' as table_name
where not exists (select 1 from gold.dim_actors where actor_id = -1 and actor_login = 'unknownuser')
union all
select 'gold.dim_repos'
where not exists (select 1 from gold.dim_repos where repo_id = -1 and repo_name = 'unknownrepo')
