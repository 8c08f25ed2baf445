-- One row: the latest result of each check, counted by how it ended, and which did not pass.
--
-- A check without a result in the two days before the newest one was removed, and counts no more. Names are found by
-- stepping through the index, so that the cost does not grow with the history.
with recursive
names as (
    (select check_name from ops.quality_results order by check_name limit 1)
    union all
    select (
        select next_result.check_name
        from ops.quality_results as next_result
        where next_result.check_name > names.check_name
        order by next_result.check_name
        limit 1
    )
    from names
    where names.check_name is not null
),
newest as (
    select max(checked_at) as checked_at from ops.quality_results
),
latest as (
    select result.*
    from names
    cross join lateral (
        select results.check_name, results.status, results.checked_at
        from ops.quality_results as results
        where results.check_name = names.check_name
        order by results.checked_at desc, results.result_id desc
        limit 1
    ) as result
    where result.checked_at > (select checked_at from newest) - interval '2 days'
)
select
    max(checked_at) as checked_at,
    count(*) as check_count,
    count(*) filter (where status = 'pass') as passed_count,
    count(*) filter (where status = 'skipped') as skipped_count,
    coalesce(array_agg(check_name order by check_name) filter (where status = 'fail'), '{}') as failed,
    coalesce(array_agg(check_name order by check_name) filter (where status = 'error'), '{}') as not_run,
    coalesce(array_agg(check_name order by check_name) filter (where status = 'warn'), '{}') as warned
from latest;
