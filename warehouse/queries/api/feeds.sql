-- One row per feed that was polled in the last seven days: its newest poll, and what is left of the quota.
with recursive
clock as materialized (
    select now() - interval '7 days' as since
),
-- From one feed to the next along the index (feed, polled_at): a probe a feed, however many polls there are.
feeds as (
    (select feed from ops.polls order by feed limit 1)
    union all
    select (select polls.feed from ops.polls as polls where polls.feed > feeds.feed order by polls.feed limit 1)
    from feeds
    where feeds.feed is not null
)
select
    feeds.feed,
    poll.polled_at,
    poll.outcome,
    poll.quota_remaining,
    poll.quota_limit
from feeds
cross join lateral (
    select *
    from ops.polls as polls
    where polls.feed = feeds.feed
      and polls.polled_at >= (select since from clock)
    order by polls.polled_at desc
    limit 1
) as poll
order by feeds.feed;
