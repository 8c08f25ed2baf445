-- Moves a pipeline's watermark forward to `reached`, but never past a row that may still be committed:
-- not beyond `settled`, the start of the oldest transaction that was open before the run read its first row, however old it
-- is. Where that is not known (NULL), not beyond the grace window, which writers must not outlive then. Never back.
create or replace function ops.advance_watermark(
    of_pipeline text,
    reached timestamptz,
    settled timestamptz,
    grace interval
) returns void
language plpgsql as $$
declare
    now_at constant timestamptz := now();
    next_watermark constant timestamptz := least(reached, coalesce(settled, now_at - grace));
begin
    insert into ops.pipeline_watermarks as stored (pipeline, watermark, updated_at)
    values (of_pipeline, next_watermark, now_at)
    on conflict (pipeline) do update
    set watermark = excluded.watermark, updated_at = excluded.updated_at
    where stored.watermark < excluded.watermark;
end;
$$;
comment on function ops.advance_watermark(text, timestamptz, timestamptz, interval) is 'Moves a pipeline''s watermark forward, never past a row that may still be committed, and never back.';
