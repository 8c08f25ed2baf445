-- At most one row: the dead letters, when too many of the last 24 hours are open (ALERT_DEAD_LETTERS).
with
letters as (
    select failed_at, source, error_code, error_message
    from bronze.dead_letter_queue
    where failed_at > now() - interval '24 hours'
      and resolved_at is null
),
reasons as (
    select
        error_code,
        count(*) as letter_count,
        (array_agg(source order by failed_at desc, source))[1] as source,
        (array_agg(error_message order by failed_at desc, source))[1] as error_message
    from letters
    group by error_code
    order by count(*) desc, error_code
    limit 1
),
counts as (
    select count(*) as letter_count, min(failed_at) as since from letters
)
select
    'dead letters' as subject,
    'warn' as severity,
    format(
        '%s items of the last 24 hours could not be stored. Most often (%s, lately from %s): %s See npm run dead-letters -- list.',
        counts.letter_count,
        reasons.letter_count,
        reasons.source,
        rtrim(reasons.error_message, '.') || '.'
    ) as detail,
    counts.since
from counts
cross join reasons
where counts.letter_count >= current_setting('assay.alert_dead_letters')::bigint;
