-- One row per open gap, the longest first.
select
    gap_id,
    kind,
    feed,
    gap_from,
    gap_to,
    gap_to - gap_from as duration,
    found_at,
    try_count,
    tried_at,
    note
from ops.feed_gaps
where status = 'open'
order by duration desc, gap_from;
