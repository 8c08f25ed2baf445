-- One row per archive and hour that is worth fetching to heal open gaps, those of the gaps tried least often first.
--
-- asked        the archives there are (gharchive, archive:NAME)
-- late_hours   further hours after a gap: an event that appears late stands in the file of the hour it appeared in
--
-- A file is there a while after its hour; one that is loaded whole is not fetched again.
create or replace function ops.plan_healing(asked text[], late_hours integer, now_at timestamptz)
returns table (archive text, hour timestamptz, gap_ids bigint[])
language sql stable as $$
    with wanted as (
        select
            archive.name as archive,
            hour.start at time zone 'UTC' as hour,
            gap.gap_id,
            gap.try_count
        from ops.feed_gaps as gap
        cross join unnest(asked) as archive (name)
        cross join generate_series(
            date_trunc('hour', gap.gap_from at time zone 'UTC'),
            date_trunc('hour', (gap.gap_to - interval '1 microsecond') at time zone 'UTC') + make_interval(hours => late_hours),
            interval '1 hour'
        ) as hour (start)
        where gap.status = 'open'
          and (gap.kind <> 'archive-missing' or gap.feed = archive.name)
    )
    select wanted.archive, wanted.hour, array_agg(wanted.gap_id order by wanted.gap_id)
    from wanted
    left join ops.archive_hours(
        (select min(wanted.hour) from wanted),
        (select max(wanted.hour) + interval '1 hour' from wanted)
    ) as file
        on file.archive = wanted.archive and file.hour = wanted.hour
    where file.is_whole is not true
      and wanted.hour + interval '1 hour 15 minutes' <= now_at
    group by wanted.archive, wanted.hour
    order by min(wanted.try_count), wanted.hour, wanted.archive;
$$;
comment on function ops.plan_healing(text[], integer, timestamptz) is 'One row per archive and hour that is worth fetching to heal open gaps.';
