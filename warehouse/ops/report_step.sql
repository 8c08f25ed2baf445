-- Tells whoever runs a script how a step of it went: a line to read, and the same as JSON in its detail.
create or replace procedure ops.report_step(step_number integer, step_count integer, step text, row_count bigint, started_at timestamptz)
language plpgsql as $$
declare
    duration_ms constant integer := round(extract(epoch from clock_timestamp() - started_at) * 1000);
begin
    raise notice '[%/%] %: % rows | % ms', step_number, step_count, step, row_count, duration_ms
    using detail = jsonb_build_object('step', step, 'rows', row_count, 'duration_ms', duration_ms)::text;
end;
$$;
comment on procedure ops.report_step(integer, integer, text, bigint, timestamptz) is 'Raises a notice that tells how a step of a script went.';
