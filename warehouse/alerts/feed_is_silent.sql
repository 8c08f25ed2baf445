-- One row per feed that was read in the last seven days, but not for too long now (ALERT_SILENT_HOURS).
--
-- What passes on a feed that nobody reads is lost to it. A feed that was not asked for seven days counts as given up.
with recursive
-- From one feed to the next along the index (feed, polled_at): a probe a feed, however many polls there are.
feeds as (
    (select feed from ops.polls order by feed limit 1)
    union all
    select (select polls.feed from ops.polls as polls where polls.feed > feeds.feed order by polls.feed limit 1)
    from feeds
    where feeds.feed is not null
),
last_polls as (
    select
        feeds.feed,
        (
            select max(polls.polled_at)
            from ops.polls as polls
            where polls.feed = feeds.feed
        ) as asked_at,
        (
            select polls.polled_at
            from ops.polls as polls
            where polls.feed = feeds.feed
              and polls.polled_at > now() - interval '7 days'
              and polls.outcome in ('events', 'not-modified', 'past-end')
            order by polls.polled_at desc
            limit 1
        ) as read_at,
        (
            select polls.error
            from ops.polls as polls
            where polls.feed = feeds.feed
            order by polls.polled_at desc
            limit 1
        ) as error
    from feeds
    where feeds.feed is not null
)
select
    feed as subject,
    'fail' as severity,
    format(
        'The feed was last read at %s UTC%s.',
        to_char(read_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
        case
            when asked_at > read_at then ', and GitHub has not answered it since: ' || coalesce(error, 'no reason was given')
            else ' and has not been asked for since. Is the listener running?'
        end
    ) as detail,
    read_at as since
from last_polls
where read_at < now() - make_interval(secs => 3600 * current_setting('assay.alert_silent_hours')::double precision)
order by feed;
