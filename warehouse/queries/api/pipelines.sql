-- One row per pipeline that has ever run: how it did in the last 30 days, and how it went last.
--
-- The names are found by stepping through the index (pipeline, started_at), a probe each.
with recursive
clock as materialized (
    select now() - interval '30 days' as since
),
names as (
    (select pipeline from ops.pipeline_runs order by pipeline limit 1)
    union all
    select (select runs.pipeline from ops.pipeline_runs as runs where runs.pipeline > names.pipeline order by runs.pipeline limit 1)
    from names
    where names.pipeline is not null
)
select
    names.pipeline,
    month.run_count,
    month.failed_count,
    month.rows_out,
    month.mean_duration_ms,
    month.max_duration_ms,
    month.rows_per_second,
    last_success.started_at as last_success_at,
    last_success.duration_ms as last_duration_ms,
    last_failure.started_at as last_failure_at,
    left(split_part(last_failure.error, e'\n', 1), 500) as last_failure_reason
from names
cross join lateral (
    select
        count(*) as run_count,
        count(*) filter (where runs.status = 'failed') as failed_count,
        coalesce(sum(runs.rows_out), 0)::bigint as rows_out,
        round(avg(runs.duration_ms))::bigint as mean_duration_ms,
        max(runs.duration_ms) as max_duration_ms,
        round(1000.0 * sum(runs.rows_out) / nullif(sum(runs.duration_ms), 0), 1) as rows_per_second
    from ops.pipeline_runs as runs
    where runs.pipeline = names.pipeline
      and runs.started_at >= (select since from clock)
) as month
left join lateral (
    select runs.started_at, runs.duration_ms
    from ops.pipeline_runs as runs
    where runs.pipeline = names.pipeline and runs.status = 'success'
    order by runs.started_at desc
    limit 1
) as last_success on true
left join lateral (
    select runs.started_at, runs.error
    from ops.pipeline_runs as runs
    where runs.pipeline = names.pipeline and runs.status = 'failed'
    order by runs.started_at desc
    limit 1
) as last_failure on true
where names.pipeline is not null
order by names.pipeline;
