-- One row per run of a pipeline that began in a span, the newest first.
--
-- $1 since (NULL: from the first), $2 until (NULL: to the last), $3 how many.
select
    run_id::text as id,
    pipeline,
    status,
    started_at,
    finished_at,
    duration_ms,
    rows_in,
    rows_out,
    left(split_part(error, e'\n', 1), 500) as error
from ops.pipeline_runs
where ($1::timestamptz is null or started_at >= $1::timestamptz)
  and ($2::timestamptz is null or started_at < $2::timestamptz)
order by started_at desc, run_id desc
limit $3;
