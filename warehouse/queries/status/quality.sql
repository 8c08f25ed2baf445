-- One row: the latest result of each check, counted by how it ended, and which did not pass.
--
-- A check without a result in the two days before the newest one was removed, and counts no more.
with
newest as (
    select max(checked_at) as checked_at from ops.quality_results
),
latest as (
    select result.*
    from ops.v_quality_checks as checks
    cross join lateral (
        select results.check_name, results.status, results.checked_at
        from ops.quality_results as results
        where results.check_name = checks.check_name
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
