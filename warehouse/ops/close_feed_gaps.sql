-- Closes the open gaps that archive files have filled, and notes of the others what is missing. Gives how many
-- were closed.
--
-- asked    the archives that were asked (gharchive, archive:NAME); NULL when nobody was asked just now, then only gaps of
--          archives are closed
--
-- A gap of an archive is closed when all its hours are loaded whole from that archive. A gap of our own polls is closed
-- when every hour it touches is loaded whole from at least one archive, and what the other archives asked answered
-- is final: a file that is not there is a gap of its own, one that broke off is fetched again first.
create or replace function ops.close_feed_gaps(asked text[]) returns integer
language plpgsql as $$
declare
    now_at constant timestamptz := now();
    gap record;
    missing text;
    recovered jsonb;
    closed integer := 0;
begin
    for gap in
        select * from ops.feed_gaps
        where status = 'open' and (kind = 'archive-missing' or asked is not null)
        order by gap_id
    loop
        with hours as (
            select generate_series(
                date_trunc('hour', gap.gap_from at time zone 'UTC'),
                date_trunc('hour', (gap.gap_to - interval '1 microsecond') at time zone 'UTC'),
                interval '1 hour'
            ) at time zone 'UTC' as hour
        ),
        wanted as (
            select hours.hour, archive
            from hours
            cross join unnest(case when gap.kind = 'archive-missing' then array[gap.feed] else asked end) as archive
        ),
        answers as (
            select
                wanted.hour,
                wanted.archive,
                coalesce(file.is_whole, false) as is_whole,
                coalesce(file.trouble, case when file.is_whole is null then 'not fetched' end) as trouble
            from wanted
            left join ops.archive_hours(date_trunc('hour', gap.gap_from at time zone 'UTC') at time zone 'UTC', gap.gap_to) as file
                on file.archive = wanted.archive and file.hour = wanted.hour
        ),
        lacking as (
            select answers.hour, answers.archive, answers.trouble
            from answers
            where not answers.is_whole
              and (
                gap.kind = 'archive-missing'
                or answers.trouble not in ('missing', 'empty')
                or not exists (select 1 from answers as other where other.hour = answers.hour and other.is_whole)
              )
        )
        select string_agg(format('%s of %s UTC is %s', archive, to_char(hour at time zone 'UTC', 'YYYY-MM-DD HH24:00'), trouble), '; ' order by hour, archive)
        into missing
        from (select * from lacking order by hour, archive limit 20) as first_ones;

        if missing is null then
            select coalesce(jsonb_object_agg(archive, event_count), '{}') into recovered
            from (
                select ops.source_class(source) as archive, count(*) as event_count
                from bronze.raw_events
                where created_at >= gap.gap_from and created_at < gap.gap_to and ingested_at >= gap.found_at
                group by ops.source_class(source)
            ) as shown
            where archive ~ '^(gharchive$|archive:)';
            update ops.feed_gaps
            set status = 'healed',
                healed_at = now_at,
                healed_by = recovered,
                events_recovered = (select coalesce(sum(value::bigint), 0) from jsonb_each_text(recovered)),
                note = null
            where gap_id = gap.gap_id;
            closed := closed + 1;
        elsif asked is not null then
            update ops.feed_gaps set note = missing where gap_id = gap.gap_id;
        end if;
    end loop;
    return closed;
end;
$$;
comment on function ops.close_feed_gaps(text[]) is 'Closes the open gaps that archive files have filled, and notes of the others what is missing. Gives how many were closed.';
