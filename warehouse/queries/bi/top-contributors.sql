-- One row per account: the fifteen people with the most contributions in all repositories, busiest first.
select
    actor_login,
    sum(contribution_count)::bigint as contribution_count,
    count(*) as repo_count
from gold.v_repo_contributors
where is_bot is not true
group by actor_id, actor_login
order by contribution_count desc, actor_id
limit 15;
