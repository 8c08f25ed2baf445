-- Takes silver, and gold with it, back to a time: rows that bronze stored later are removed from both and will be built
-- again from bronze by the next run. NULL takes everything back. Dimensions keep their rows while facts remain that
-- point to them: they are guarded, so that building them again changes nothing.
-- To be called under the transformer's lock.
create or replace function ops.reset_silver(back_to timestamptz) returns void
language plpgsql as $$
begin
    if back_to is null then
        truncate silver.events;
        delete from ops.pipeline_watermarks where pipeline = 'silver';
        perform ops.reset_gold(null);
        return;
    end if;
    delete from gold.fact_events as fact
    using silver.events as event
    where event.ingested_at > back_to
      and fact.event_id = event.event_id
      and fact.event_type = event.event_type
      and fact.event_time = event.event_time;
    delete from silver.events where ingested_at > back_to;
    update ops.pipeline_watermarks
    set watermark = least(watermark, back_to), full_window_read_at = null
    where pipeline = 'silver';
end;
$$;
comment on function ops.reset_silver(timestamptz) is 'Takes silver and gold back to a time of bronze.raw_events.ingested_at (NULL: to nothing), to be built again by the next run.';

-- Has completeness counted again from nothing.
create or replace function ops.reset_coverage() returns void
language sql as $$
    truncate gold.feed_coverage;
    delete from ops.pipeline_watermarks where pipeline = 'coverage';
$$;
comment on function ops.reset_coverage() is 'Has completeness (gold.feed_coverage) counted again from nothing by the next run.';

-- Takes gold back to a time: facts whose silver row was processed later are removed. NULL takes everything back.
create or replace function ops.reset_gold(back_to timestamptz) returns void
language plpgsql as $$
begin
    if back_to is null then
        truncate gold.fact_events;
        delete from gold.dim_actors where actor_id <> -1;
        delete from gold.dim_repos where repo_id <> -1;
        delete from gold.dim_event_types where not is_curated;
        delete from ops.pipeline_watermarks where pipeline = 'gold';
        return;
    end if;
    delete from gold.fact_events where silver_processed_at > back_to;
    update ops.pipeline_watermarks
    set watermark = least(watermark, back_to), full_window_read_at = null
    where pipeline = 'gold';
end;
$$;
comment on function ops.reset_gold(timestamptz) is 'Takes gold back to a time of silver.events.processed_at (NULL: to nothing), to be built again by the next run.';
