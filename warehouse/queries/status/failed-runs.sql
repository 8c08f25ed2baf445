-- One row per run of any pipeline that failed in the last 24 hours, newest first.
select
    runs.run_id,
    runs.pipeline,
    runs.started_at,
    round(extract(epoch from now() - runs.started_at))::bigint as age_seconds,
    runs.error
from ops.pipeline_runs as runs
where runs.started_at >= now() - interval '24 hours'
  and runs.status = 'failed'
order by runs.started_at desc, runs.run_id desc;
