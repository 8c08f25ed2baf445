-- One row per check that has ever run: its latest result, with the thirty before it.
select
    latest.check_name,
    latest.severity,
    latest.layer,
    latest.category,
    latest.status,
    latest.row_count,
    latest.is_row_count_exact,
    latest.sample_columns as columns,
    latest.sample,
    latest.message,
    latest.duration_ms,
    latest.checked_at,
    nullif(latest.checked_since, '-infinity') as checked_since,
    (
        select json_agg(
            json_build_object('checked_at', earlier.checked_at, 'status', earlier.status, 'row_count', earlier.row_count)
            order by earlier.checked_at, earlier.result_id
        )
        from (
            select *
            from ops.quality_results as result
            where result.check_name = latest.check_name
            order by result.checked_at desc, result.result_id desc
            limit 31
        ) as earlier
    ) as history
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
