-- Takes silver, and gold with it, back to a time: rows that bronze stored later are removed from both and will be built
-- again from bronze by the next run. NULL takes everything back. Dimensions keep their rows while facts remain that
-- point to them: they are guarded, so that building them again changes nothing. What was made of months that bronze has
-- dropped cannot be built again, and stays; so do facts of months that silver has dropped. Marts follow the facts.
-- To be called under the transformer's lock.
create or replace function ops.reset_silver(back_to timestamptz) returns void
language plpgsql as $$
declare
    dropped constant tstzmultirange := ops.dropped_times('bronze.raw_events');
begin
    -- For Citus, see gold/etl.
    perform set_config('citus.multi_shard_modify_mode', 'sequential', true);
    if back_to is null then
        if isempty(dropped) then
            truncate silver.events;
        else
            delete from silver.events where event_time <@ dropped is not true;
        end if;
        delete from ops.pipeline_watermarks where pipeline = 'silver';
        perform ops.reset_gold(null);
        return;
    end if;
    drop table if exists pg_temp.removed_facts;
    create temporary table removed_facts on commit drop as
    select fact.event_id, fact.event_type, fact.event_time
    from silver.events as event
    join gold.fact_events as fact
        on fact.event_id = event.event_id
        and fact.event_type = event.event_type
        and fact.event_time = event.event_time
    where event.ingested_at > back_to and event.event_time <@ dropped is not true;
    perform gold.remove_facts();
    delete from silver.events where ingested_at > back_to and event_time <@ dropped is not true;
    update ops.pipeline_watermarks
    set watermark = least(watermark, back_to), full_window_read_at = null
    where pipeline = 'silver';
end;
$$;
comment on function ops.reset_silver(timestamptz) is 'Takes silver and gold back to a time of bronze.raw_events.ingested_at (NULL: to nothing), to be built again by the next run.';

-- Has completeness counted again from nothing, but for the hours that bronze has dropped.
create or replace function ops.reset_coverage() returns void
language sql as $$
    delete from gold.feed_coverage where hour <@ ops.dropped_times('bronze.raw_events') is not true;
    delete from ops.pipeline_watermarks where pipeline = 'coverage';
$$;
comment on function ops.reset_coverage() is 'Has completeness (gold.feed_coverage) counted again from nothing by the next run.';

-- Takes gold back to a time: facts whose silver row was processed later are removed. NULL takes everything back.
create or replace function ops.reset_gold(back_to timestamptz) returns void
language plpgsql as $$
declare
    dropped constant tstzmultirange := ops.dropped_times('silver.events');
begin
    -- For Citus, see gold/etl.
    perform set_config('citus.multi_shard_modify_mode', 'sequential', true);
    if back_to is null then
        if isempty(dropped) then
            truncate gold.fact_events, gold.mart_event_counts, gold.mart_activity, gold.mart_subjects, ops.pending_marts;
            delete from gold.dim_actors where actor_id <> -1;
            delete from gold.dim_repos where repo_id <> -1;
            delete from gold.dim_event_types where not is_curated;
        else
            delete from gold.fact_events where event_time <@ dropped is not true;
            delete from gold.mart_event_counts where not hour <@ dropped;
            delete from gold.mart_activity where not to_date(date_id::text, 'YYYYMMDD')::timestamp at time zone 'UTC' <@ dropped;
            delete from ops.pending_marts where not month::timestamp at time zone 'UTC' <@ dropped;
        end if;
        delete from ops.pipeline_watermarks where pipeline = 'gold';
        return;
    end if;
    drop table if exists pg_temp.removed_facts;
    create temporary table removed_facts on commit drop as
    select event_id, event_type, event_time
    from gold.fact_events
    where silver_processed_at > back_to and event_time <@ dropped is not true;
    perform gold.remove_facts();
    update ops.pipeline_watermarks
    set watermark = least(watermark, back_to), full_window_read_at = null
    where pipeline = 'gold';
end;
$$;
comment on function ops.reset_gold(timestamptz) is 'Takes gold back to a time of silver.events.processed_at (NULL: to nothing), to be built again by the next run.';
