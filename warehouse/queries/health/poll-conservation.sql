-- One row per feed and UTC day with polls, newest day first.
--
-- Whether every item fetched is accounted for: fetched = inserted + duplicates + dead_lettered, so unaccounted has
-- to be 0. The table refuses a poll that breaks the rule; this shows the sums.
with
polls as (
    select * from ops.polls
)
select
    (polled_at at time zone 'UTC')::date as polled_on,
    feed,
    count(*) as request_count,
    sum(fetched) as fetched,
    sum(inserted) as inserted,
    sum(duplicates) as duplicates,
    sum(dead_lettered) as dead_lettered,
    sum(fetched) - sum(inserted) - sum(duplicates) - sum(dead_lettered) as unaccounted
from polls
group by (polled_at at time zone 'UTC')::date, feed
order by polled_on desc, feed;
