-- One row per feed that was ever polled, those polled longest ago first.
--
-- Its last walk (all requests of one walk_id: the pages of the feed) and how its walks of the last 24 hours overlapped
-- with what was known before. Walks that brought items count; one overlapped when it met an item that bronze had, or
-- a page that had not changed. No overlap means that events may have passed between two walks.
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
    select poll.feed, poll.walk_id, poll.polled_at, poll.outcome, poll.http_status, poll.error
    from feeds
    cross join lateral (
        select * from ops.polls as polls where polls.feed = feeds.feed order by polls.polled_at desc limit 1
    ) as poll
),
last_walks as (
    select
        last_polls.feed,
        sum(polls.fetched) as fetched,
        sum(polls.inserted) as inserted,
        sum(polls.duplicates) as duplicates,
        sum(polls.dead_lettered) as dead_lettered
    from last_polls
    join ops.polls as polls on polls.walk_id = last_polls.walk_id
    group by last_polls.feed
),
walks as (
    select
        polls.feed,
        polls.walk_id,
        coalesce(sum(polls.overlap), 0) > 0 or bool_or(polls.outcome = 'not-modified') as has_overlap
    from last_polls
    join ops.polls as polls on polls.feed = last_polls.feed and polls.polled_at >= now() - interval '24 hours'
    group by polls.feed, polls.walk_id
    having sum(polls.fetched) > 0
),
overlap_counts as (
    select
        feed,
        count(*) as walk_count,
        count(*) filter (where has_overlap) as overlapped_walk_count
    from walks
    group by feed
),
quotas as (
    select last_polls.feed, poll.quota_limit, poll.quota_remaining, poll.quota_reset_at
    from last_polls
    cross join lateral (
        select *
        from ops.polls as polls
        where polls.feed = last_polls.feed
          and polls.polled_at >= now() - interval '24 hours'
          and polls.quota_remaining is not null
        order by polls.polled_at desc
        limit 1
    ) as poll
)
select
    last_polls.feed,
    last_polls.polled_at as last_polled_at,
    round(extract(epoch from now() - last_polls.polled_at))::bigint as age_seconds,
    last_polls.outcome,
    last_polls.http_status,
    last_polls.error,
    last_walks.fetched,
    last_walks.inserted,
    last_walks.duplicates,
    last_walks.dead_lettered,
    coalesce(overlap_counts.walk_count, 0) as walks_24h,
    coalesce(overlap_counts.overlapped_walk_count, 0) as overlapped_walks_24h,
    round(100.0 * overlap_counts.overlapped_walk_count / overlap_counts.walk_count, 1) as overlapped_percent_24h,
    quotas.quota_limit,
    quotas.quota_remaining,
    quotas.quota_reset_at
from last_polls
join last_walks on last_walks.feed = last_polls.feed
left join overlap_counts on overlap_counts.feed = last_polls.feed
left join quotas on quotas.feed = last_polls.feed
order by last_polls.polled_at, last_polls.feed;
