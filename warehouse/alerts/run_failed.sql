-- One row per pipeline whose last finished run failed: nothing of it has succeeded since.
with recursive
-- From one pipeline to the next along the index (pipeline, started_at): a probe each, however many runs there are.
pipelines as (
    (select pipeline from ops.pipeline_runs order by pipeline limit 1)
    union all
    select (select runs.pipeline from ops.pipeline_runs as runs where runs.pipeline > pipelines.pipeline order by runs.pipeline limit 1)
    from pipelines
    where pipelines.pipeline is not null
),
last_successes as (
    select
        pipelines.pipeline,
        (
            select runs.started_at
            from ops.pipeline_runs as runs
            where runs.pipeline = pipelines.pipeline
              and runs.status = 'success'
            order by runs.started_at desc
            limit 1
        ) as started_at
    from pipelines
    where pipelines.pipeline is not null
),
failures as (
    select last_successes.pipeline, failed.*
    from last_successes
    cross join lateral (
        select
            count(*) as failure_count,
            min(runs.finished_at) as since,
            (array_agg(runs.error order by runs.started_at desc, runs.run_id desc))[1] as error
        from ops.pipeline_runs as runs
        where runs.pipeline = last_successes.pipeline
          and runs.started_at > coalesce(last_successes.started_at, '-infinity')
          and runs.status = 'failed'
    ) as failed
    where failed.failure_count > 0
)
select
    pipeline as subject,
    case when pipeline in ('silver', 'gold') then 'fail' else 'warn' end as severity,
    format(
        'Runs of %s that failed without a success since: %s. The last reason: %s',
        pipeline,
        failure_count,
        coalesce(error, 'none was recorded')
    ) as detail,
    since
from failures
order by pipeline;
