-- Counts again the hours that something new belongs to: events and sightings by their created_at, polls by the time
-- from the walk before, archive files by their hour. An hour is counted from all that bronze has of it, so that the result is the same whether it
-- was reached in many steps or in one; delete the watermark 'coverage' and everything is counted anew.
create or replace function gold.load_feed_coverage(grace interval, out hours_counted bigint, out rows_changed bigint)
language plpgsql as $$
declare
    large_window constant integer := 100000;
    -- A walk after a longer pause than this tells of the hours at its end only.
    longest_pause constant interval := interval '7 days';
    dropped constant tstzmultirange := ops.dropped_times('bronze.raw_events');
    settled timestamptz;
    window_start timestamptz;
    window_is_large boolean;
    read_after timestamptz;
    reached timestamptz;
    touched_hour timestamptz;
    changed bigint;
begin
    settled := ops.oldest_open_transaction();
    select watermark - grace into window_start from ops.pipeline_watermarks where pipeline = 'coverage';
    select count(*) > large_window into window_is_large
    from (select 1 from bronze.raw_events where ingested_at >= window_start limit large_window + 1) as in_window;
    read_after := ops.read_from('coverage', grace, window_is_large);

    select greatest(
        (select max(ingested_at) from bronze.raw_events where ingested_at > read_after),
        (select max(seen_at) from bronze.sightings where seen_at > read_after),
        (select max(recorded_at) from ops.polls where recorded_at > read_after),
        (select max(updated_at) from ops.source_files where updated_at > read_after)
    ) into reached;

    -- Each hour is found by them.
    if reached is not null then
        perform ops.summarize_new_blocks('bronze.raw_events'), ops.summarize_new_blocks('bronze.sightings');
    end if;

    hours_counted := 0;
    rows_changed := 0;
    for touched_hour in
        with new_times as (
            select created_at from bronze.raw_events where ingested_at > read_after and created_at is not null
            union all
            select created_at from bronze.sightings where seen_at > read_after and created_at is not null
        ),
        new_walks as (
            select
                greatest(coalesce(before.polled_at, poll.polled_at), poll.polled_at - longest_pause) as pause_from,
                poll.polled_at as pause_to
            from ops.polls as poll
            left join lateral (
                select earlier.polled_at
                from ops.polls as earlier
                where earlier.feed = 'public'
                  and earlier.page = 1
                  and earlier.outcome in ('events', 'not-modified')
                  and earlier.polled_at < poll.polled_at
                order by earlier.polled_at desc
                limit 1
            ) as before on true
            where poll.recorded_at > read_after and poll.feed = 'public'
        )
        select distinct date_trunc('hour', created_at at time zone 'UTC') at time zone 'UTC' as hour
        from new_times
        union
        select generate_series(
            date_trunc('hour', pause_from at time zone 'UTC'), date_trunc('hour', pause_to at time zone 'UTC'), interval '1 hour'
        ) at time zone 'UTC'
        from new_walks
        union
        select hour from ops.source_files where updated_at > read_after and hour is not null
        order by hour
    loop
        -- What was counted before bronze dropped the month stands: what comes in late is only a part of it.
        continue when touched_hour <@ dropped;

        with counted as (
            select * from gold.count_feed_coverage(touched_hour)
        ),
        written as (
            insert into gold.feed_coverage as stored
            select * from counted
            on conflict (hour, event_type) do update
            set captured_count = excluded.captured_count,
                own_count = excluded.own_count,
                archive_count = excluded.archive_count,
                counts_by_source = excluded.counts_by_source,
                counts_by_history = excluded.counts_by_history,
                list_one = excluded.list_one,
                list_two = excluded.list_two,
                list_one_count = excluded.list_one_count,
                list_two_count = excluded.list_two_count,
                overlap_count = excluded.overlap_count,
                estimated_total = excluded.estimated_total,
                estimated_low = excluded.estimated_low,
                estimated_high = excluded.estimated_high,
                capture_rate = excluded.capture_rate,
                capture_rate_low = excluded.capture_rate_low,
                capture_rate_high = excluded.capture_rate_high,
                method = excluded.method,
                reason = excluded.reason,
                computed_at = excluded.computed_at
            where (
                stored.captured_count, stored.counts_by_history, stored.list_one, stored.list_two, stored.overlap_count,
                stored.estimated_total, stored.estimated_low, stored.estimated_high, stored.method, stored.reason
            ) is distinct from (
                excluded.captured_count, excluded.counts_by_history, excluded.list_one, excluded.list_two, excluded.overlap_count,
                excluded.estimated_total, excluded.estimated_low, excluded.estimated_high, excluded.method, excluded.reason
            )
            returning 1
        )
        select count(*) into changed from written;
        hours_counted := hours_counted + 1;
        rows_changed := rows_changed + changed;
    end loop;

    if reached is not null then
        perform ops.advance_watermark('coverage', reached, settled, grace);
    end if;
end;
$$;
comment on function gold.load_feed_coverage(interval) is 'Brings gold.feed_coverage up to date: counts again the hours that something new belongs to.';
