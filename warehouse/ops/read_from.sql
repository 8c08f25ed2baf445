-- The time after which a pipeline has to read its source so that no committed row is missed.
--
-- The watermark itself is such a time as far as transactions go (see ops.advance_watermark). The grace window
-- behind it is read again as well, for what a stepped clock or a hand-written stamp put there. After a bulk
-- load that window may hold millions of rows: `window_is_large` says so, and then it is read again once a
-- grace period instead of in every run, so that the cost of a run does not grow with what was loaded before.
--
-- The bound is exclusive, and so lies a microsecond below the watermark: the row that holds a watermark back is
-- stamped with that very time. Minus infinity when the pipeline has never run.
create or replace function ops.read_from(of_pipeline text, grace interval, window_is_large boolean)
returns timestamptz
language plpgsql as $$
declare
    now_at constant timestamptz := now();
    stored ops.pipeline_watermarks;
begin
    select * into stored from ops.pipeline_watermarks where pipeline = of_pipeline;
    if not found then
        return '-infinity';
    end if;
    if window_is_large
        and stored.full_window_read_at > now_at - grace
        and stored.full_window_read_at <= now_at
        and stored.watermark <= now_at
    then
        return stored.watermark - interval '1 microsecond';
    end if;
    update ops.pipeline_watermarks set full_window_read_at = now_at where pipeline = of_pipeline;
    return stored.watermark - grace - interval '1 microsecond';
end;
$$;
comment on function ops.read_from(text, interval, boolean) is 'The time after which a pipeline has to read its source so that no committed row is missed; -infinity when it has never run.';
