-- Looks for gaps in what was recorded since the last look, enters them in ops.feed_gaps, and closes gaps of archives whose
-- files have come meanwhile. Any number of times. Gives how many rows changed.
create or replace function ops.find_feed_gaps(grace interval) returns integer
language plpgsql as $$
declare
    now_at constant timestamptz := now();
    -- A file that has not moved on for so long is not being loaded any more.
    longest_load constant interval := interval '1 hour';
    settled timestamptz;
    read_after timestamptz;
    reached timestamptz;
    found record;
    changed integer := 0;
    closed integer;
begin
    settled := ops.oldest_open_transaction();
    read_after := ops.read_from('feed-gaps', grace, false);
    reached := greatest(
        (select max(recorded_at) from ops.polls where recorded_at > read_after),
        (select max(updated_at) from ops.source_files where updated_at > read_after)
    );

    -- What touches is put together first: where every poll leaves a gap, one after the other would take long.
    for found in
        with gaps as (
            select kind, feed, tstzrange(gap_from, gap_to) as span, note
            from ops.poll_gaps(read_after, now_at)
            union all
            select 'archive-missing', file.archive, tstzrange(file.hour, file.hour + interval '1 hour'), 'the file is ' || file.trouble
            from ops.source_files as changed_file
            cross join lateral ops.archive_hours(changed_file.hour, changed_file.hour + interval '1 hour') as file
            where file.archive = ops.source_class(changed_file.source)
              and not file.is_whole
              and case changed_file.status
                when 'loading' then changed_file.updated_at < now_at - longest_load
                else changed_file.updated_at > read_after
              end
        ),
        merged as (
            select kind, feed, unnest(range_agg(span)) as span
            from gaps
            group by kind, feed
        )
        select merged.kind, merged.feed, merged.span, min(gaps.note) as note
        from merged
        join gaps on gaps.kind = merged.kind and gaps.feed = merged.feed and gaps.span <@ merged.span
        group by merged.kind, merged.feed, merged.span
        order by merged.feed, merged.kind, merged.span
    loop
        changed := changed + ops.keep_feed_gap(found.kind, found.feed, found.span, found.note);
    end loop;

    closed := ops.close_feed_gaps(null);
    if reached is not null then
        perform ops.advance_watermark('feed-gaps', reached, settled, grace);
    end if;
    return changed + closed;
end;
$$;
comment on function ops.find_feed_gaps(interval) is 'Looks for gaps in what was recorded since the last look and enters them in ops.feed_gaps. Gives how many rows changed.';
