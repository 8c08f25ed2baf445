-- What part of an hour's events our polls of the public feed were shown, as far as their overlap and timing tell:
-- two rows, for pushes and for all other types, which the feed shows differently since May 2025.
--
-- Two consecutive walks are *bridged* when the later one still shows enough of what the earlier one saw:
--     pushes enter the feed on top: a twentieth of the window known is proof (one event may be known because the
--     feed repeated it, fifteen of three hundred are not)
--     other types enter it 100 to 250 events deep: only when five sixths of the window are known has nothing that
--     entered fallen out of it between the walks
-- Between bridged walks nothing was missed. Between others, arrivals are taken to have run at the rate found between
-- the bridged ones of the hour, the interval allows half and twice that rate, and the later walk is taken to have
-- shown the last of them: as many as were new to it, and of other types than pushes, whose part of the window is
-- the smaller, a third (a sixth to two thirds). That is a judgement, not a sampling error.
--
-- No share, but a reason, when less than half of the hour is bridged or no walk has begun since it ended.
create or replace function gold.share_seen_by_polls(of_hour timestamptz)
returns table (is_push boolean, share numeric, share_low numeric, share_high numeric, reason text)
language plpgsql stable as $$
declare
    hour_end constant timestamptz := of_hour + interval '1 hour';
    next_walk constant timestamptz := (
        select min(polled_at)
        from ops.polls
        where feed = 'public' and page = 1 and outcome in ('events', 'not-modified') and polled_at >= hour_end
    );
begin
    return query
    with kinds (is_push, overlap_needed, window_part, window_part_low, window_part_high) as (
        values (true, 1.0 / 20, 1.0, 1.0, 1.0), (false, 5.0 / 6, 1.0 / 3, 1.0 / 6, 2.0 / 3)
    ),
    spans as (
        select
            greatest(coalesce(previous_walked_at, of_hour), of_hour) as span_from,
            least(walked_at, hour_end) as span_to,
            extract(epoch from walked_at - coalesce(previous_walked_at, of_hour)) as seconds,
            inserted_count,
            case when previous_walked_at is null then 0 else overlap_share end as overlap_share
        from ops.walks_between('public', of_hour, next_walk + interval '1 microsecond')
        where walked_at > of_hour
    ),
    rate as (
        select sum(inserted_count) / nullif(sum(seconds), 0) as per_second
        from spans
        where overlap_share >= 1.0 / 20
    ),
    parts as (
        select
            kinds.is_push,
            extract(epoch from span_to - span_from) as seconds_in_hour,
            extract(epoch from span_to - span_from) / nullif(spans.seconds, 0) as part_in_hour,
            overlap_share >= overlap_needed as is_bridged,
            case when overlap_share >= 1.0 / 20 then inserted_count else greatest(inserted_count, per_second * spans.seconds) end as arrived,
            case when overlap_share >= 1.0 / 20 then inserted_count else greatest(inserted_count, 2 * per_second * spans.seconds) end as arrived_high,
            case when overlap_share >= 1.0 / 20 then inserted_count else greatest(inserted_count, per_second * spans.seconds / 2) end as arrived_low,
            inserted_count,
            window_part,
            window_part_low,
            window_part_high
        from spans
        cross join rate
        cross join kinds
    ),
    shares as (
        select
            parts.is_push,
            sum(seconds_in_hour) filter (where is_bridged) / 3600 as bridged,
            sum(part_in_hour * case when is_bridged then arrived else least(arrived, inserted_count * window_part) end)
                / nullif(sum(part_in_hour * arrived), 0) as share,
            sum(part_in_hour * case when is_bridged then arrived_high else least(arrived_high, inserted_count * window_part_low) end)
                / nullif(sum(part_in_hour * arrived_high), 0) as share_low,
            sum(part_in_hour * case when is_bridged then arrived_low else least(arrived_low, inserted_count * window_part_high) end)
                / nullif(sum(part_in_hour * arrived_low), 0) as share_high
        from parts
        group by parts.is_push
    ),
    told as (
        select
            kinds.is_push,
            shares.share,
            shares.share_low,
            shares.share_high,
            case
                when next_walk is null then 'one source, and no poll has been made since the hour ended'
                when coalesce(bridged, 0) < 0.5 or shares.share is null then format(
                    'one source, whose polls overlap enough for %s %% of the hour only: half is needed',
                    round(100 * coalesce(bridged, 0))
                )
            end as reason
        from kinds
        left join shares on shares.is_push = kinds.is_push
    )
    select
        told.is_push,
        case when told.reason is null then told.share end,
        case when told.reason is null then told.share_low end,
        case when told.reason is null then told.share_high end,
        told.reason
    from told;
end;
$$;
comment on function gold.share_seen_by_polls(timestamptz) is 'What part of an hour''s events our polls of the public feed were shown, from their overlap and timing: for pushes and for all other types.';
