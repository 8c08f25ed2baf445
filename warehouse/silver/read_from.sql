-- The time of bronze.raw_events.ingested_at after which a silver run has to read. The grace window counts as
-- large when it holds more than twenty batches.
create or replace function silver.read_from(grace interval, batch_size integer) returns timestamptz
language plpgsql as $$
declare
    window_start timestamptz;
    window_rows bigint;
begin
    select watermark - grace into window_start from ops.pipeline_watermarks where pipeline = 'silver';
    select count(*) into window_rows
    from (
        select 1 from bronze.raw_events where ingested_at >= window_start limit batch_size * 20 + 1
    ) as in_window;
    return ops.read_from('silver', grace, window_rows > batch_size * 20);
end;
$$;
comment on function silver.read_from(interval, integer) is 'The time of ingested_at after which a silver run has to read bronze so that no committed row is missed.';
