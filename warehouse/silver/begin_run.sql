-- What a silver run has to know before its first batch: see ops.plan_read. The grace window counts as large when it
-- holds more than twenty batches. `settled` is taken once a run, before the first row is read.
create or replace function silver.begin_run(
    grace interval,
    batch_size integer,
    out read_after timestamptz,
    out is_full_read boolean,
    out begins_at timestamptz,
    out watermark timestamptz,
    out settled timestamptz
)
language plpgsql as $$
declare
    window_start timestamptz;
    window_rows bigint;
begin
    settled := ops.oldest_open_transaction();
    select stored.watermark - grace into window_start from ops.pipeline_watermarks as stored where stored.pipeline = 'silver';
    select count(*) into window_rows
    from (
        select 1 from bronze.raw_events where ingested_at >= window_start limit batch_size * 20 + 1
    ) as in_window;
    select plan.read_after, plan.is_full_read, plan.begins_at, plan.watermark
    into read_after, is_full_read, begins_at, watermark
    from ops.plan_read('silver', grace, window_rows > batch_size * 20) as plan;
end;
$$;
comment on function silver.begin_run(interval, integer) is 'From where a silver run has to read bronze, and how far its watermark may go.';
