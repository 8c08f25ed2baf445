-- One row per repository and span of time in which it had a name that another repository has had too, by name and time.
--
-- A name is free again once its repository was renamed, moved or deleted: whoever counts by name adds these up.
with
history as (
    select * from gold.dim_repos_history
),
reused as (
    select repo_name
    from history
    group by repo_name
    having count(distinct repo_id) > 1
)
select
    history.repo_name,
    history.repo_id,
    history.valid_from,
    history.valid_to
from history
join reused on reused.repo_name = history.repo_name
order by history.repo_name, history.valid_from, history.repo_id;
