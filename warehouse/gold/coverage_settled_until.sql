-- An hour is final when what appears late (up to six hours, and then in the file of the hour in which it appeared) has
-- had time to come in. Backfilling an archive later still improves it.
create or replace function gold.coverage_settled_until() returns timestamptz
language sql stable as $$
    select max(watermark) - interval '8 hours' from ops.pipeline_watermarks where pipeline = 'coverage';
$$;
comment on function gold.coverage_settled_until() is 'Hours that began at or before this time are final: nothing of them is expected any more.';
