-- One row per push that came in under several ids.
--
-- layer: silver
-- category: anomalies
-- why: The same push under two ids is counted twice, and no key can see it.
with new_pushes as (
    select repo_id, ref, before_sha, head_sha, event_time, count(distinct event_id) as id_count, min(event_id) as first_id, max(event_id) as last_id
    from silver.events
    where processed_at >= ops.checked_since()
      and event_type = 'PushEvent'
      and repo_id is not null
      and head_sha is not null
      and before_sha is not null
    group by repo_id, ref, before_sha, head_sha, event_time
)
select * from new_pushes where id_count > 1
