-- At most one row: bronze, when far more events wait for silver than any run of the last seven days moved.
--
-- What waits is taken from the ledgers of polls and files, so that it costs little however much it is: counting the
-- rows themselves would read them all. A file that was begun before the watermark counts whole.
with
settings as materialized (
    select
        current_setting('assay.alert_backlog_rows')::bigint as least_rows,
        now() - interval '7 days' as usual_since
),
watermark as (
    select coalesce(max(watermark), '-infinity') as watermark
    from ops.pipeline_watermarks
    where pipeline = 'silver'
),
waiting as (
    select
        (
            select coalesce(sum(polls.inserted), 0)
            from ops.polls as polls
            where polls.recorded_at > (select watermark from watermark)
        )
        + (
            select coalesce(sum(files.inserted), 0)
            from ops.source_files as files
            where files.updated_at > (select watermark from watermark)
        ) as waiting_count,
        (
            select min(raw.ingested_at)
            from bronze.raw_events as raw
            where raw.ingested_at > (select watermark from watermark)
        ) as waiting_since
),
usual as (
    select coalesce(max(rows_out), 0) as row_count
    from ops.pipeline_runs
    where pipeline = 'silver'
      and status = 'success'
      and started_at > (select usual_since from settings)
)
select
    'bronze' as subject,
    'warn' as severity,
    format(
        'About %s events wait for silver, more than twice what any run of the last seven days moved (%s). The transformer does not run, or does not keep up.',
        waiting.waiting_count,
        usual.row_count
    ) as detail,
    waiting.waiting_since as since
from waiting
cross join usual
where waiting.waiting_since is not null
  and waiting.waiting_count >= (select least_rows from settings)
  and waiting.waiting_count > 2 * usual.row_count;
