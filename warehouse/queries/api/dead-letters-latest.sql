-- One row per open dead letter of an item first refused in a span: the twenty newest. What they hold is left out: it may
-- be anything.
--
-- $1 since (NULL: from the first), $2 until (NULL: to the last).
select
    dead_letter_id::text as id,
    left(source, 500) as source,
    left(position, 500) as position,
    error_code,
    left(error_message, 500) as error_message,
    failed_at,
    attempts
from bronze.dead_letter_queue
where resolved_at is null
  and ($1::timestamptz is null or failed_at >= $1::timestamptz)
  and ($2::timestamptz is null or failed_at < $2::timestamptz)
order by failed_at desc, dead_letter_id desc
limit 20;
