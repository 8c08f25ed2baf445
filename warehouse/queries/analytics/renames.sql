-- One row per change of a repository's name in a month, newest first.
--
-- What changed: the owner (a transfer, or an owner who was renamed), the project, both, or the organisation only. The change
-- came after the last event under the old name and by the first under the new one, which is changed_by. The month is the
-- current one, UTC. For another:
--     npm run sql -- --file renames --set month=2015-01
--     set assay.month = '2015-01';    in any other client, before the query
with
history as (
    select * from gold.dim_repos_history
),
chosen_month as materialized (
    select coalesce(
        to_date(nullif(current_setting('assay.month', true), ''), 'YYYY-MM'),
        date_trunc('month', now() at time zone 'UTC')::date
    )::timestamp as first_day
),
bounds as materialized (
    select first_day at time zone 'UTC' as month_start, (first_day + interval '1 month') at time zone 'UTC' as month_end
    from chosen_month
)
select
    earlier.repo_id,
    earlier.repo_name as old_name,
    later.repo_name as new_name,
    case
        when earlier.repo_name = later.repo_name then 'organisation'
        when earlier.repo_owner is not distinct from later.repo_owner then 'project'
        when earlier.repo_project is not distinct from later.repo_project then 'owner'
        else 'owner and project'
    end as what_changed,
    later.valid_from as changed_by
from history as earlier
join history as later on later.repo_id = earlier.repo_id and later.valid_from = earlier.valid_to
where later.valid_from >= (select month_start from bounds)
  and later.valid_from < (select month_end from bounds)
order by later.valid_from desc, earlier.repo_id;
