-- From where a pipeline has to read its source so that no committed row is missed.
--
-- The watermark itself is such a place as far as transactions go (see ops.advance_watermark). The grace window
-- behind it is read again as well, for what a stepped clock or a hand-written stamp put there. After a bulk
-- load that window may hold millions of rows: `window_is_large` says so, and then it is read again once a
-- grace period instead of in every run, so that the cost of a run does not grow with what was loaded before. It then
-- begins behind the watermark of the last full read, so that nothing falls between the two.
--
-- A run that read the whole window to its end notes it with ops.note_full_read.
--
-- read_after    exclusive, and so a microsecond below the watermark: the row that holds a watermark back is stamped with
--               that very time; minus infinity when the pipeline has never run
-- is_full_read  whether the whole window is read
-- begins_at     to be given to ops.note_full_read
-- watermark     the watermark now, likewise
create or replace function ops.plan_read(
    of_pipeline text,
    grace interval,
    window_is_large boolean,
    out read_after timestamptz,
    out is_full_read boolean,
    out begins_at timestamptz,
    out watermark timestamptz
)
language plpgsql stable as $$
declare
    stored ops.pipeline_watermarks;
begin
    begins_at := now();
    select * into stored from ops.pipeline_watermarks where pipeline = of_pipeline;
    watermark := stored.watermark;
    is_full_read := not (
        window_is_large
        and coalesce(stored.full_window_read_at > begins_at - grace, false)
        and stored.full_window_read_at <= begins_at
        and stored.watermark <= begins_at
    );
    read_after := case
        when stored.pipeline is null then '-infinity'
        when is_full_read then least(stored.watermark, stored.full_window_watermark) - grace - interval '1 microsecond'
        else stored.watermark - interval '1 microsecond'
    end;
end;
$$;
comment on function ops.plan_read(text, interval, boolean) is 'From where a pipeline has to read its source so that no committed row is missed, and whether that is the whole grace window.';

-- Notes that a full read has come to its end. In the first run of a pipeline there was no watermark to begin with: the
-- one it reached stands for it, since it read everything before.
create or replace function ops.note_full_read(of_pipeline text, began_at timestamptz, began_with timestamptz)
returns void
language sql as $$
    update ops.pipeline_watermarks
    set full_window_read_at = began_at, full_window_watermark = coalesce(began_with, watermark)
    where pipeline = of_pipeline;
$$;
comment on function ops.note_full_read(text, timestamptz, timestamptz) is 'Notes that a run read the whole grace window to its end.';
