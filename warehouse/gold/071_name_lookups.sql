-- Repositories and accounts by name, in any case, and by how a name begins: /repos/…, /actors/… and search of the API. In
-- the order of bytes, by which the beginning of a text is a range. A row gets new entries when it is new or renamed only: that
-- it was seen again stays an update within its page.
create index dim_repos_lower_name on gold.dim_repos ((lower(repo_name) collate "C"));
create index dim_repos_lower_project on gold.dim_repos ((lower(repo_project) collate "C"));
create index dim_actors_lower_login on gold.dim_actors ((lower(actor_login) collate "C"));
-- Which accounts are bots, to tell them apart in a count of facts: /top of the API.
create index dim_actors_bots on gold.dim_actors (actor_id) where is_bot;
