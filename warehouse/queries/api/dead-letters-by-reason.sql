-- One row per error code of open dead letters of items first refused in a span, the most frequent first.
--
-- $1 since (NULL: from the first), $2 until (NULL: to the last).
select
    error_code,
    left((array_agg(error_message order by dead_letter_id desc))[1], 500) as error_message,
    count(*) as count,
    max(last_failed_at) as last_failed_at
from bronze.dead_letter_queue
where resolved_at is null
  and ($1::timestamptz is null or failed_at >= $1::timestamptz)
  and ($2::timestamptz is null or failed_at < $2::timestamptz)
group by error_code
order by count desc, error_code;
