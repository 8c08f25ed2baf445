-- One row per check of warehouse/checks/ whose last result is not good.
-- Needs: ops.v_quality_checks
--
-- A check that had no result in the two days before the newest one was removed, and counts no more.
with
newest as (
    select max(checked_at) as checked_at from ops.quality_results
),
last_results as (
    select result.*
    from ops.v_quality_checks as checks
    cross join lateral (
        select results.check_name, results.status, results.message, results.row_count, results.is_row_count_exact, results.layer, results.checked_at
        from ops.quality_results as results
        where results.check_name = checks.check_name
          and results.status <> 'skipped'
        order by results.checked_at desc, results.result_id desc
        limit 1
    ) as result
    where result.checked_at > (select checked_at from newest) - interval '2 days'
),
bad_since as (
    select
        last_results.check_name,
        (
            select min(results.checked_at)
            from ops.quality_results as results
            where results.check_name = last_results.check_name
              and results.status in ('fail', 'warn', 'error')
              and results.checked_at > coalesce(
                (
                    select max(good.checked_at)
                    from ops.quality_results as good
                    where good.check_name = last_results.check_name
                      and good.status = 'pass'
                ),
                '-infinity'
            )
        ) as since
    from last_results
)
select
    last_results.check_name as subject,
    case when last_results.status = 'fail' then 'fail' else 'warn' end as severity,
    case
        when last_results.status = 'error' then
            format('The check could not be run: %s', coalesce(last_results.message, 'no reason was recorded'))
        else
            format(
                '%s%s rows of %s are not as the check claims. See npm run quality.',
                case when last_results.is_row_count_exact then '' else 'At least ' end,
                last_results.row_count,
                coalesce(last_results.layer, 'the warehouse')
            )
    end as detail,
    coalesce(bad_since.since, last_results.checked_at) as since
from last_results
join bad_since on bad_since.check_name = last_results.check_name
where last_results.status in ('fail', 'warn', 'error')
order by last_results.check_name;
