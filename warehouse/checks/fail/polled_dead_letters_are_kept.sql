-- One row per poll that refused items of which no dead letter is kept.
--
-- layer: bronze
-- category: reconciliation
-- why: What cannot be stored must be kept with its bytes. Otherwise it is lost.
select poll.poll_id, poll.feed, poll.recorded_at, poll.dead_lettered
from ops.polls as poll
where poll.recorded_at >= ops.checked_since()
  and poll.dead_lettered > 0
  and not exists (
    select 1
    from bronze.dead_letter_queue as letter
    where letter.source = 'api:' || poll.feed
      and letter.failed_at <= poll.recorded_at
      and letter.last_failed_at >= poll.recorded_at
  )
