-- One row per feed that was answered within the last two days, but not lately.
--
-- layer: ops
-- category: freshness
-- why: While nobody asks, events pass by: GitHub shows only the newest 300.
-- setting: max_poll_age_minutes = 60  Minutes a feed may go without an answer.
select
    feed,
    max(polled_at) as last_answer_at,
    round(extract(epoch from ops.checked_at() - max(polled_at)) / 60) as minutes_ago
from ops.polls
where polled_at >= ops.checked_at() - interval '2 days'
  and outcome in ('events', 'not-modified')
group by feed
having max(polled_at) < ops.checked_at() - make_interval(mins => current_setting('assay.max_poll_age_minutes')::integer)
