-- One row per check that has ever run: its latest result, the worst first.
--
-- Without the offending rows themselves: npm run quality shows some.
select
    latest.check_name as name,
    latest.severity,
    latest.layer,
    latest.category,
    latest.status,
    latest.row_count,
    latest.is_row_count_exact,
    left(latest.message, 500) as message,
    latest.duration_ms,
    latest.checked_at
from ops.v_quality_checks as checks
cross join lateral (
    select *
    from ops.quality_results as result
    where result.check_name = checks.check_name
    order by result.checked_at desc, result.result_id desc
    limit 1
) as latest
order by
    array_position(array['fail', 'error', 'warn', 'skipped', 'pass'], latest.status),
    array_position(array['ops', 'bronze', 'silver', 'gold'], latest.layer),
    latest.check_name;
