-- One row per source of which too large a share was refused.
--
-- layer: bronze
-- category: completeness
-- why: A few odd items are normal. Many mean that GitHub or a file has changed its form, and that events are missing.
-- setting: max_dead_letter_percent = 5  Share of items refused that is still fine.
-- setting: min_rows = 200  Rows below which a share says nothing.
with offered as (
    select 'api:' || feed as source, fetched, dead_lettered
    from ops.polls
    where recorded_at >= ops.checked_since()
    union all
    select source, fetched, dead_lettered
    from ops.source_files
    where updated_at >= ops.checked_since()
)
select
    source,
    sum(fetched) as fetched,
    sum(dead_lettered) as dead_lettered,
    round(100.0 * sum(dead_lettered) / sum(fetched), 2) as dead_lettered_percent
from offered
group by source
having sum(fetched) >= current_setting('assay.min_rows')::integer
   and 100.0 * sum(dead_lettered) / sum(fetched) > current_setting('assay.max_dead_letter_percent')::numeric
