-- The time after which a pipeline that does its work in one transaction has to read its source: ops.plan_read, with a full
-- read noted at once, since it comes to its end or is rolled back.
create or replace function ops.read_from(of_pipeline text, grace interval, window_is_large boolean)
returns timestamptz
language plpgsql as $$
declare
    plan record;
begin
    select * into plan from ops.plan_read(of_pipeline, grace, window_is_large);
    if plan.is_full_read then
        perform ops.note_full_read(of_pipeline, plan.begins_at, plan.watermark);
    end if;
    return plan.read_after;
end;
$$;
comment on function ops.read_from(text, interval, boolean) is 'The time after which a pipeline has to read its source so that no committed row is missed, for a run of one transaction.';
