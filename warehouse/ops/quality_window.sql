-- What a check may rely on. npm run quality sets these; run by hand, a check looks at everything, now.

create or replace function ops.checked_since() returns timestamptz
language sql stable as $$
    select coalesce(nullif(current_setting('assay.checked_since', true), ''), '-infinity')::timestamptz;
$$;
comment on function ops.checked_since() is 'Rows stamped (ingested_at, processed_at, recorded_at) before this time have been checked already.';

create or replace function ops.checked_at() returns timestamptz
language sql stable as $$
    select coalesce(nullif(current_setting('assay.checked_at', true), '')::timestamptz, now());
$$;
comment on function ops.checked_at() is 'The present, as checks understand it.';

-- Up to where a layer has everything of the one before it. The watermark never passes a row that may still be committed;
-- a row of its very stamp may belong to a transaction that was open then, unless another row of that stamp has arrived:
-- the rows of a transaction become visible together. A clock that was set back may stamp rows behind the watermark all the
-- same: those come after the last run began, by the same clock.
create or replace function ops.complete_until(of_pipeline text) returns timestamptz
language plpgsql stable as $$
declare
    reached timestamptz;
    has_arrived boolean;
begin
    select watermark into reached from ops.pipeline_watermarks where pipeline = of_pipeline;
    has_arrived := case of_pipeline
        when 'silver' then exists (select 1 from silver.events where processed_at >= reached and ingested_at = reached)
        when 'gold' then exists (select 1 from gold.fact_events where silver_processed_at = reached)
    end;
    if has_arrived then
        reached := reached + interval '1 microsecond';
    end if;
    return coalesce(
        least(
            reached,
            (
                select started_at from ops.pipeline_runs
                where pipeline = of_pipeline and status = 'success'
                order by started_at desc
                limit 1
            )
        ),
        '-infinity'
    );
end;
$$;
comment on function ops.complete_until(text) is 'Rows of the layer before (bronze for silver, silver for gold) stamped before this time must have arrived.';

-- How far a check has looked once it has run now: nothing stamped earlier can still appear. Facts carry the stamp of
-- their silver row and come later, so a check that goes by it is done only behind the watermark of gold; and one that looks
-- for bronze rows in silver only behind that of silver.
create or replace function ops.checked_until(behind_pipeline text) returns timestamptz
language sql volatile as $$
    select least(
        coalesce(ops.oldest_open_transaction(), now() - interval '1 hour'),
        case when behind_pipeline is not null then ops.complete_until(behind_pipeline) end
    );
$$;
comment on function ops.checked_until(text) is 'Up to which stamp a check that runs now sees every row there will ever be; of what a pipeline brings, if one is named.';

-- Retention may have dropped the month of an event from one table and not yet from the next.
create or replace function ops.was_dropped(of_table text, event_time timestamptz) returns boolean
language sql stable as $$
    select exists (
        select 1
        from ops.dropped_partitions
        where table_name = of_table and month = date_trunc('month', event_time at time zone 'UTC')::date
    );
$$;
comment on function ops.was_dropped(text, timestamptz) is 'Whether retention has dropped the month of an event from a table.';

-- The latest result of each check is kept, however old.
create or replace function ops.prune_quality(as_of timestamptz, kept interval) returns void
language sql as $$
    delete from ops.quality_results as result
    where result.checked_at < as_of - kept
      and exists (
        select 1
        from ops.quality_results as later
        where later.check_name = result.check_name and later.checked_at > result.checked_at
      );
    delete from ops.column_profiles where profiled_at < as_of - kept;
$$;
comment on function ops.prune_quality(timestamptz, interval) is 'Deletes results and profiles older than a span.';
