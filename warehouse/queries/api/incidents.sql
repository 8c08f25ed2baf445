-- One row per incident that touches a span, the newest first, at most 500: known ones of GitHub and its archives, gaps in
-- what was seen of a feed, and runs that failed.
--
-- $1 since (NULL: from the first), $2 until (NULL: to the last).
with
bounds as (
    select coalesce($1::timestamptz, '-infinity') as since, coalesce($2::timestamptz, 'infinity') as until
),
incidents as (
    select
        'feed_incident' as kind,
        incident.started_at,
        incident.ended_at,
        incident.what as title,
        format('%s; source: %s', case incident.scope when 'both' then 'the feed and its archives' when 'api' then 'the feed' else 'archives' end, incident.source) as detail
    from gold.dim_feed_incident as incident
    cross join bounds
    where incident.started_at < bounds.until
      and case incident.end_known when 'known' then incident.ended_at when 'ongoing' then 'infinity' else incident.started_at + interval '1 day' end > bounds.since
    union all
    (
        select
            'feed_gap',
            gap.gap_from,
            gap.gap_to,
            format(
                '%s: %s',
                gap.feed,
                case gap.kind when 'no-overlap' then 'two walks without overlap' when 'outage' then 'no answer' else 'no whole archive file' end
            ),
            concat_ws('; ', gap.note, case gap.status when 'healed' then format('healed, %s events recovered', gap.events_recovered) end)
        from ops.feed_gaps as gap
        cross join bounds
        where gap.gap_from < bounds.until
          and gap.gap_to > bounds.since
        order by gap.gap_from desc
        limit 500
    )
    union all
    (
        select
            'failed_run',
            run.started_at,
            run.finished_at,
            format('A run of %s failed', run.pipeline),
            left(split_part(run.error, e'\n', 1), 500)
        from ops.pipeline_runs as run
        cross join bounds
        where run.status = 'failed'
          and run.started_at < bounds.until
          and coalesce(run.finished_at, run.started_at) >= bounds.since
        order by run.started_at desc
        limit 500
    )
)
select kind, started_at, ended_at, title, nullif(detail, '') as detail
from incidents
order by started_at desc, kind, title
limit 500;
