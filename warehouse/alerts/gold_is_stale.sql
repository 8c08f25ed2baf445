-- At most one row: gold when its last good run is too long ago (ALERT_STALE_HOURS).
--
-- Says so only where there is something to bring: a warehouse without events has no stale gold.
with
last_success as (
    select started_at
    from ops.pipeline_runs
    where pipeline = 'gold' and status = 'success'
    order by started_at desc
    limit 1
),
-- When no run ever succeeded, the wait began with the first event.
first_event as (
    select min(ingested_at) as ingested_at from bronze.raw_events
),
settings as materialized (
    select
        current_setting('assay.alert_stale_hours') as stale_hours,
        now() - make_interval(secs => 3600 * current_setting('assay.alert_stale_hours')::double precision) as due_since
),
fresh_until as (
    select coalesce((select started_at from last_success), (select ingested_at from first_event)) as since
)
select
    'gold' as subject,
    'fail' as severity,
    format(
        'Gold %s; a good run is due at least every %s hours. Is the transformer running?',
        case
            when (select started_at from last_success) is null then 'was never filled'
            else 'was last filled at ' || to_char(since at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC'
        end,
        settings.stale_hours
    ) as detail,
    since
from fresh_until
cross join settings
where since < settings.due_since
  and exists (select 1 from bronze.raw_events);
