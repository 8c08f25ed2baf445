-- One row per kind of source and column with too many NULLs.
--
-- layer: silver
-- category: completeness
-- why: Without account, repository or time an event cannot be counted where it belongs.
-- setting: max_null_percent = 2  Share of rows without a value that is still fine.
-- setting: min_rows = 200  Rows below which a share says nothing.
with new_rows as (
    select
        ops.source_class(source) as source_class,
        count(*) as row_count,
        count(*) - count(event_time) as event_time,
        count(*) - count(actor_id) as actor_id,
        count(*) - count(actor_login) as actor_login,
        count(*) - count(repo_id) as repo_id,
        count(*) - count(repo_name) as repo_name
    from silver.events
    where processed_at >= ops.checked_since()
    group by ops.source_class(source)
)
select
    new_rows.source_class,
    col.column_name,
    new_rows.row_count,
    col.null_count,
    round(100.0 * col.null_count / new_rows.row_count, 2) as null_percent
from new_rows
cross join lateral (
    values
        ('event_time', event_time),
        ('actor_id', actor_id),
        ('actor_login', actor_login),
        ('repo_id', repo_id),
        ('repo_name', repo_name)
) as col (column_name, null_count)
where new_rows.row_count >= current_setting('assay.min_rows')::integer
  and 100.0 * col.null_count / new_rows.row_count > current_setting('assay.max_null_percent')::numeric
