-- One row per error code of dead letters that are still open, most frequent first.
--
-- What bronze could not store as an event, why, and one example of each.
with
open_letters as (
    select * from bronze.dead_letter_queue where resolved_at is null
)
select
    error_code,
    count(*) as open_count,
    count(distinct source) as source_count,
    sum(attempts) as attempt_count,
    min(failed_at) as first_failed_at,
    max(last_failed_at) as last_failed_at,
    (array_agg(dead_letter_id order by dead_letter_id desc))[1] as newest_dead_letter_id,
    (array_agg(error_message order by dead_letter_id desc))[1] as newest_error_message
from open_letters
group by error_code
order by open_count desc, error_code;
