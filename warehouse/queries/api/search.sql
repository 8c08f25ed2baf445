-- One row: the ids of repositories and accounts whose name begins with a text, in any case, and whether these are all.
--
-- $1 the text: the beginning of owner/project, of project alone, or of a login. $2 how many of each at most.
with
repos as (
    (
        select repo_id
        from gold.dim_repos
        where lower(repo_name) collate "C" ^@ lower($1::text)
          and repo_id <> -1
        limit $2::integer + 1
    )
    union
    (
        select repo_id
        from gold.dim_repos
        where lower(repo_project) collate "C" ^@ lower($1::text)
          and repo_id <> -1
        limit $2::integer + 1
    )
),
actors as (
    select actor_id
    from gold.dim_actors
    where lower(actor_login) collate "C" ^@ lower($1::text)
      and actor_id <> -1
    limit $2::integer + 1
)
select
    array(select repo_id::text from repos limit $2::integer) as repo_ids,
    array(select actor_id::text from actors limit $2::integer) as actor_ids,
    (select count(*) <= $2::integer from repos) and (select count(*) <= $2::integer from actors) as is_complete;
