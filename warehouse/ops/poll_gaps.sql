-- One row per gap between two walks through a feed, of those recorded after a time; and per outage that still lasts.
--
-- A gap is where the later of two consecutive walks was shown a full window and less than a twentieth of it was known:
-- something may have come and gone between them. It is an outage when the walks lie more than three usual
-- intervals apart, the usual one being the median, or the one before when that was longer (a quiet feed is asked
-- less and less often). A long pause after which the walks still overlap has lost nothing and is no gap.
create or replace function ops.poll_gaps(recorded_after timestamptz, now_at timestamptz)
returns table (kind text, feed text, gap_from timestamptz, gap_to timestamptz, note text)
language plpgsql stable as $$
declare
    known_share constant numeric := 0.05;
    patience constant integer := 3;
    -- A feed not asked for so long is not listened to any more: its outage does not grow further.
    longest_outage constant interval := interval '7 days';
    of_feed text;
    first_new timestamptz;
    last_walk record;
    of_feed_median interval;
begin
    of_feed := (select min(polls.feed) from ops.polls);
    while of_feed is not null loop
        first_new := (
            select min(polls.polled_at) from ops.polls where polls.recorded_at > recorded_after and polls.feed = of_feed
        );
        if first_new is not null then
            return query
            select
                case when walks.is_outage then 'outage' else 'no-overlap' end,
                of_feed,
                walks.previous_walked_at,
                walks.walked_at,
                case
                    when walks.is_outage then format(
                        'no answer for %s, usual are %s; requests that failed: %s',
                        to_char(walks.pause, 'HH24:MI:SS'), to_char(walks.usual, 'HH24:MI:SS'), failed.requests
                    )
                    else 'the walk at the end knew nothing of the one before'
                end
            from (
                select
                    found.*,
                    found.walked_at - found.previous_walked_at as pause,
                    greatest(found.median_interval, found.previous_interval) as usual,
                    found.walked_at - found.previous_walked_at > patience * greatest(found.median_interval, found.previous_interval) as is_outage
                from ops.walks_between(of_feed, first_new, now_at + interval '1 hour') as found
                where found.previous_walked_at < found.walked_at and found.overlap_share < known_share
            ) as walks
            cross join lateral (
                select count(*) as requests
                from ops.polls
                where polls.feed = of_feed
                  and polls.polled_at > walks.previous_walked_at
                  and polls.polled_at < walks.walked_at
                  and polls.outcome not in ('events', 'not-modified', 'past-end')
            ) as failed;
        end if;

        -- Still lasting: no answer since, and the feed is meant to be asked, because it was asked in vain or because
        -- nothing else was asked either.
        select max(polls.polled_at) as walked_at into last_walk
        from ops.polls
        where polls.feed = of_feed and polls.outcome in ('events', 'not-modified');
        if last_walk.walked_at > now_at - longest_outage then
            of_feed_median := (
                select found.median_interval
                from ops.walks_between(of_feed, last_walk.walked_at - interval '1 hour', now_at) as found
                limit 1
            );
            if now_at - last_walk.walked_at > patience * of_feed_median
                and (
                    exists (select 1 from ops.polls where polls.feed = of_feed and polls.polled_at > last_walk.walked_at
                        and polls.outcome not in ('events', 'not-modified', 'past-end'))
                    or not exists (select 1 from ops.polls where polls.recorded_at > last_walk.walked_at + patience * of_feed_median)
                )
            then
                kind := 'outage';
                feed := of_feed;
                gap_from := last_walk.walked_at;
                gap_to := now_at;
                note := format('no answer since %s UTC', to_char(last_walk.walked_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'));
                return next;
            end if;
        end if;
        -- The next feed by the index, without reading all polls.
        of_feed := (select min(polls.feed) from ops.polls where polls.feed > of_feed);
    end loop;
end;
$$;
comment on function ops.poll_gaps(timestamptz, timestamptz) is 'One row per gap between two walks through a feed, of those recorded after a time, and per outage that still lasts.';
