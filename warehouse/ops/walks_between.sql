-- One row per walk through a feed that got an answer and began at from_time or later, but before to_time.
--
-- How it joins on to the walk before is told by what of it was known already:
--     overlap_share   part of what it was shown that bronze had before it began; an unchanged page (304) is known
--                     throughout. 1 when it was shown the whole feed, so that nothing can lie beneath it.
-- The median interval of the feed is that of these walks and the 60 or so before them.
create or replace function ops.walks_between(of_feed text, from_time timestamptz, to_time timestamptz)
returns table (
    walk_id uuid,
    walked_at timestamptz,
    previous_walked_at timestamptz,
    previous_interval interval,
    median_interval interval,
    shown_count bigint,
    inserted_count bigint,
    overlap_share numeric
)
language plpgsql stable as $$
declare
    -- GitHub's limits, as in apps/listener/fetch-page.ts. Pages drift, so that a full window may lack some.
    page_size constant integer := 100;
    full_window constant integer := 270;
    -- Far enough back for the walk before the first one, and for the median.
    since constant timestamptz := (
        select min(earlier.polled_at)
        from (
            select polls.polled_at
            from ops.polls
            where polls.feed = of_feed and polls.polled_at < from_time and polls.outcome in ('events', 'not-modified')
            order by polls.polled_at desc
            limit 180
        ) as earlier
    );
begin
    return query
    with walks as (
        select
            polls.walk_id,
            min(polls.polled_at) as walked_at,
            sum(polls.fetched) + page_size * count(*) filter (where polls.outcome = 'not-modified') as shown_count,
            sum(polls.inserted) as inserted_count,
            sum(coalesce(polls.overlap, 0)) + page_size * count(*) filter (where polls.outcome = 'not-modified') as known_count,
            (array_agg(polls.outcome order by polls.page desc, polls.polled_at desc))[1] in ('events', 'not-modified', 'past-end') as is_finished
        from ops.polls
        where polls.feed = of_feed
          and polls.polled_at >= coalesce(since, from_time)
          and polls.polled_at < to_time + interval '10 minutes'
        group by polls.walk_id
        having bool_or(polls.outcome in ('events', 'not-modified'))
    ),
    joined as (
        select
            walks.*,
            lag(walks.walked_at) over in_order as previous_walked_at,
            lag(walks.walked_at) over in_order - lag(walks.walked_at, 2) over in_order as previous_interval
        from walks
        window in_order as (order by walks.walked_at, walks.walk_id)
    ),
    usual as (
        select percentile_disc(0.5) within group (order by joined.walked_at - joined.previous_walked_at) as median_interval
        from joined
        where joined.walked_at < to_time
    )
    select
        joined.walk_id,
        joined.walked_at,
        joined.previous_walked_at,
        joined.previous_interval,
        usual.median_interval,
        joined.shown_count,
        joined.inserted_count,
        case
            when joined.is_finished and joined.shown_count < full_window then 1
            else joined.known_count::numeric / joined.shown_count
        end
    from joined
    cross join usual
    where joined.walked_at >= from_time and joined.walked_at < to_time
    order by joined.walked_at, joined.walk_id;
end;
$$;
comment on function ops.walks_between(text, timestamptz, timestamptz) is 'One row per walk through a feed that began in a span of time: how it joins on to the walk before.';
