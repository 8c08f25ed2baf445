-- One row per component of the warehouse: listener, silver, gold, quality.
--
-- $1 seconds without a poll until the listener is degraded, $2 until it has failed, $3 seconds without a good run until
-- silver and gold have failed while something waits for them. Read from the ends of indexes, whatever the history.
with
clock as materialized (
    select now() as now_at
),
last_poll as (
    select polled_at, recorded_at, outcome from ops.polls order by recorded_at desc limit 1
),
last_answer as (
    select polled_at
    from ops.polls
    where outcome in ('events', 'not-modified', 'past-end')
    order by recorded_at desc
    limit 1
),
listener as (
    select
        'listener' as component,
        (select polled_at from last_poll) as last_run_at,
        (select polled_at from last_answer) as last_success_at,
        extract(epoch from clock.now_at - (select polled_at from last_answer)) as lag_seconds,
        case
            when not exists (select 1 from last_poll) then 'No feed has ever been polled.'
            when not exists (select 1 from last_answer) then 'GitHub has never answered.'
            when extract(epoch from clock.now_at - (select polled_at from last_answer)) > $1::double precision
                then 'No feed has been read for too long; see /incidents.'
        end as reason,
        coalesce(extract(epoch from clock.now_at - (select polled_at from last_answer)) > $2::double precision, false) as has_failed
    from clock
),
-- What the newest row of the stage before is, and up to where it was taken.
stages as (
    select 'silver' as pipeline, (select max(ingested_at) from bronze.raw_events) as newest_at
    union all
    select 'gold', (select max(processed_at) from silver.events)
),
last_runs as (
    select
        stages.pipeline,
        (select started_at from ops.pipeline_runs as runs where runs.pipeline = stages.pipeline order by started_at desc limit 1) as last_run_at,
        (
            select status
            from ops.pipeline_runs as runs
            where runs.pipeline = stages.pipeline and runs.status <> 'running'
            order by started_at desc, run_id desc
            limit 1
        ) as last_status,
        (
            select started_at
            from ops.pipeline_runs as runs
            where runs.pipeline = stages.pipeline and runs.status = 'success'
            order by started_at desc
            limit 1
        ) as last_success_at,
        -- Not 0 of what has never run: greatest passes NULL over.
        case when watermarks.watermark is not null then greatest(0, extract(epoch from stages.newest_at - watermarks.watermark)) end as lag_seconds,
        stages.newest_at is not null and coalesce(stages.newest_at > watermarks.watermark, true) as has_waiting
    from stages
    left join ops.pipeline_watermarks as watermarks on watermarks.pipeline = stages.pipeline
),
transformers as (
    select
        pipeline as component,
        last_run_at,
        last_success_at,
        lag_seconds,
        case
            when last_run_at is null then 'It has never run.'
            when last_status = 'failed' then 'The last run failed; see /runs.'
            when has_waiting and last_success_at < clock.now_at - make_interval(secs => $3::double precision)
                then 'It has not run for too long, and something waits for it.'
        end as reason,
        coalesce(has_waiting and last_success_at < clock.now_at - make_interval(secs => $3::double precision), false) as has_failed
    from last_runs
    cross join clock
),
newest_check as (
    select max(checked_at) as checked_at from ops.quality_results
),
check_counts as (
    select
        count(*) filter (where result.status = 'fail') as fail_count,
        count(*) filter (where result.status in ('warn', 'error')) as warn_count
    from ops.v_quality_checks as checks
    cross join lateral (
        select results.status, results.checked_at
        from ops.quality_results as results
        where results.check_name = checks.check_name
          and results.status <> 'skipped'
        order by results.checked_at desc, results.result_id desc
        limit 1
    ) as result
    -- One that had no result for two days was removed, and counts no more.
    where result.checked_at > (select checked_at from newest_check) - interval '2 days'
),
quality as (
    select
        'quality' as component,
        newest_check.checked_at as last_run_at,
        (
            select started_at
            from ops.pipeline_runs
            where pipeline = 'quality' and status = 'success'
            order by started_at desc
            limit 1
        ) as last_success_at,
        null::numeric as lag_seconds,
        case
            when newest_check.checked_at is null then 'The checks have never run.'
            when check_counts.fail_count > 0 then format('Checks that fail: %s; see /quality.', check_counts.fail_count)
            when check_counts.warn_count > 0 then format('Checks that warn or could not be run: %s; see /quality.', check_counts.warn_count)
        end as reason,
        check_counts.fail_count > 0 as has_failed
    from newest_check
    cross join check_counts
),
components as (
    select * from listener
    union all
    select * from transformers
    union all
    select * from quality
)
select
    component,
    case when has_failed then 'failed' when reason is not null then 'degraded' else 'ok' end as status,
    reason,
    last_run_at,
    last_success_at,
    round(lag_seconds::numeric, 1) as lag_seconds
from components;
