-- One row: what changes with every load of gold and every count of its coverage.
select
    coalesce(string_agg(run.run_id || ' ' || run.status, ', ' order by run.pipeline), '') as version
from (values ('gold'), ('coverage')) as pipelines (pipeline)
cross join lateral (
    select runs.pipeline, runs.run_id, runs.status
    from ops.pipeline_runs as runs
    where runs.pipeline = pipelines.pipeline
    order by runs.started_at desc, runs.run_id desc
    limit 1
) as run;
