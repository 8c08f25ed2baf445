-- The rows of gold.feed_coverage for one UTC hour, counted from bronze.
--
-- Capture–recapture compares two lists. Our own polls of the public feed are the first, all archives together the
-- second: whatever the archives have in common (all read the first page of the same feed) then does no harm, only what
-- they have in common with us. In an hour without own polls one archive is compared with the others.
--
-- A source counts in an hour only when it was at work in it: we, when a poll was made; an archive, when it shows
-- events out of its file of that very hour. Otherwise all it has of the hour are events that appeared late, and two lists
-- of late events would say how many events were late. Nor does an archive count whose file broke off or is still being
-- loaded: it has one part of the hour and not the other, as we have when polls failed, and the two parts may be the
-- same. Narrower feeds and files are no samples of the public feed: what they alone brought counts as captured, but
-- in no list.
create or replace function gold.count_feed_coverage(of_hour timestamptz) returns setof gold.feed_coverage
language plpgsql stable as $$
declare
    hour_end constant timestamptz := of_hour + interval '1 hour';
    -- As archives name it, the hour not zero-padded.
    archive_hour constant text := to_char(of_hour at time zone 'UTC', 'YYYY-MM-DD-FMHH24');
    broken_archives constant text[] := coalesce(
        (select array_agg(archive) from ops.archive_hours(of_hour, hour_end) where not is_whole), '{}'
    );
    -- Below, Chapman's estimator is biased (Robson and Regier 1964).
    fewest_in_both constant integer := 7;
    counted_at constant timestamptz := now();
    were_polls_made constant boolean := exists (
        select 1 from ops.polls
        where feed = 'public' and outcome in ('events', 'not-modified') and polled_at >= of_hour and polled_at < hour_end
    );
begin
    return query
    with seen as (
        select raw.event_id, raw.event_type, raw.created_at, ops.source_class(raw.source) as source_class, raw.source
        from bronze.raw_events as raw
        where raw.created_at >= of_hour and raw.created_at < hour_end
        union all
        select sighting.event_id, sighting.event_type, sighting.created_at, sighting.source_class, sighting.source
        from bronze.sightings as sighting
        where sighting.created_at >= of_hour and sighting.created_at < hour_end
    ),
    events as (
        select
            seen.event_type,
            array_agg(distinct seen.source_class order by seen.source_class) as sources,
            array_agg(distinct seen.source_class) filter (
                where seen.source_class ~ '^(gharchive$|archive:)' and seen.source = seen.source_class || ':' || archive_hour
            ) as archives_on_time
        from seen
        group by seen.event_id, seen.event_type, seen.created_at
    ),
    -- All that follows works on these few rows.
    histories as materialized (
        select events.event_type, events.sources, coalesce(events.archives_on_time, '{}') as archives_on_time, count(*) as event_count
        from events
        group by events.event_type, events.sources, events.archives_on_time
    ),
    at_work as (
        select 'public-feed' as source_class, 0 as rank where were_polls_made
        union
        select archive.source_class, case archive.source_class when 'gharchive' then 1 else 2 end
        from histories
        cross join unnest(histories.archives_on_time) as archive (source_class)
        where not archive.source_class = any (broken_archives)
    ),
    lists as (
        select
            (array_agg(source_class order by rank, source_class))[1:1] as one,
            (array_agg(source_class order by rank, source_class))[2:] as two
        from at_work
    ),
    counted as (
        select
            histories.event_type,
            sum(event_count)::bigint as captured_count,
            coalesce(sum(event_count) filter (where 'public-feed' = any (sources)), 0)::bigint as own_count,
            coalesce(sum(event_count) filter (where array_to_string(sources, ' ') ~ '\m(gharchive|archive:)'), 0)::bigint as archive_count,
            coalesce(sum(event_count) filter (where sources && lists.one), 0)::bigint as list_one_count,
            coalesce(sum(event_count) filter (where sources && lists.two), 0)::bigint as list_two_count,
            coalesce(sum(event_count) filter (where sources && lists.one and sources && lists.two), 0)::bigint as overlap_count
        from histories
        cross join lists
        group by histories.event_type
    ),
    by_history as (
        select grouped.event_type, jsonb_object_agg(grouped.history, grouped.event_count) as counts
        from (
            select histories.event_type, array_to_string(sources, ' + ') as history, sum(event_count) as event_count
            from histories
            group by histories.event_type, array_to_string(sources, ' + ')
        ) as grouped
        group by grouped.event_type
    ),
    by_source as (
        select grouped.event_type, jsonb_object_agg(grouped.source_class, grouped.event_count) as counts
        from (
            select histories.event_type, source.source_class, sum(event_count) as event_count
            from histories
            cross join unnest(sources) as source (source_class)
            group by histories.event_type, source.source_class
        ) as grouped
        group by grouped.event_type
    ),
    polls as (
        select * from gold.share_seen_by_polls(of_hour) where (select cardinality(one) = 1 and cardinality(two) = 0 and were_polls_made from lists)
    ),
    judged as (
        select
            counted.*,
            lists.one,
            lists.two,
            case
                when lists.one is null then 'none'
                when cardinality(lists.two) > 0 then 'capture-recapture'
                when were_polls_made then 'poll-overlap'
                else 'none'
            end as method,
            case
                when lists.one is null
                    then 'no poll of the public feed and no whole archive file of this hour; narrower feeds and files are no sample of it'
                when cardinality(lists.two) > 0 and counted.overlap_count < fewest_in_both
                    then format('only %s in both lists: %s are needed', counted.overlap_count, fewest_in_both)
                when cardinality(lists.two) = 0 and not were_polls_made
                    then format('one archive only (%s): nothing to compare it with', lists.one[1])
                when cardinality(lists.two) = 0 then polls.reason
            end as reason,
            greatest(
                case when cardinality(lists.two) > 0 then chapman.total else counted.captured_count / polls.share end,
                counted.captured_count
            ) as total,
            greatest(
                case when cardinality(lists.two) > 0 then chapman.low else counted.captured_count / polls.share_high end,
                counted.captured_count
            ) as low,
            greatest(
                case when cardinality(lists.two) > 0 then chapman.high else counted.captured_count / polls.share_low end,
                counted.captured_count
            ) as high
        from counted
        cross join lists
        cross join lateral gold.chapman_estimate(counted.list_one_count, counted.list_two_count, counted.overlap_count) as chapman
        left join polls on polls.is_push = (counted.event_type = 'PushEvent')
    )
    select
        of_hour,
        judged.event_type,
        judged.captured_count,
        judged.own_count,
        judged.archive_count,
        by_source.counts,
        by_history.counts,
        case when cardinality(judged.two) > 0 then judged.one[1] end,
        case when cardinality(judged.two) > 0 then array_to_string(judged.two, ' + ') end,
        case when cardinality(judged.two) > 0 then judged.list_one_count end,
        case when cardinality(judged.two) > 0 then judged.list_two_count end,
        case when cardinality(judged.two) > 0 then judged.overlap_count end,
        case when judged.reason is null then round(judged.total, 3) end,
        case when judged.reason is null then round(judged.low, 3) end,
        case when judged.reason is null then round(judged.high, 3) end,
        case when judged.reason is null then round(judged.captured_count / judged.total, 4) end,
        case when judged.reason is null then round(judged.captured_count / judged.high, 4) end,
        case when judged.reason is null then round(judged.captured_count / judged.low, 4) end,
        case when judged.reason is null then judged.method else 'none' end,
        judged.reason,
        counted_at
    from judged
    join by_source on by_source.event_type = judged.event_type
    join by_history on by_history.event_type = judged.event_type;
end;
$$;
comment on function gold.count_feed_coverage(timestamptz) is 'The rows of gold.feed_coverage for one UTC hour, counted from bronze.';
