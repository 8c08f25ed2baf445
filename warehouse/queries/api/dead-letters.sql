-- One row: how many items were first refused in a span.
--
-- $1 since (NULL: from the first), $2 until (NULL: to the last).
select
    count(*) filter (where resolved_at is null) as open,
    count(*) filter (where resolved_at is not null) as resolved
from bronze.dead_letter_queue
where ($1::timestamptz is null or failed_at >= $1::timestamptz)
  and ($2::timestamptz is null or failed_at < $2::timestamptz);
