-- One row per pipeline of the transformer that has run: its last run, in the order in which they follow each other. Of quality,
-- which runs before gold and after it, the latter.
with
pipelines as (
    select * from (values (1, 'maintain'), (2, 'silver'), (3, 'gold'), (4, 'coverage'), (5, 'quality')) as pipelines (position, pipeline)
)
select
    run.pipeline,
    run.run_id,
    run.status,
    run.started_at,
    run.finished_at,
    round(extract(epoch from now() - run.started_at))::bigint as age_seconds,
    run.duration_ms,
    run.rows_in,
    run.rows_out,
    run.rows_rejected,
    run.retries,
    run.steps,
    run.error
from pipelines
cross join lateral (
    select *
    from ops.pipeline_runs as runs
    where runs.pipeline = pipelines.pipeline
    order by runs.started_at desc, runs.run_id desc
    limit 1
) as run
order by pipelines.position;
