-- One row per pipeline whose last run failed.
--
-- layer: ops
-- category: freshness
-- why: What a failed run should have brought is missing until one succeeds.
select last_run.*
from (values ('silver'), ('gold'), ('coverage')) as pipelines (pipeline)
cross join lateral (
    select run.pipeline, run.run_id, run.started_at, run.status, left(run.error, 300) as error
    from ops.pipeline_runs as run
    where run.pipeline = pipelines.pipeline and run.status <> 'running'
    order by run.started_at desc, run.run_id desc
    limit 1
) as last_run
where last_run.status = 'failed'
