-- Learns from a sample of what came into bronze since the last time which keys the events of each type have, down to
-- two levels below the payload, and of what JSON type they are; then looks for changes, see ops.find_payload_changes.
--
-- At most `sample_size` events of a type are looked at, spread evenly over the months they happened in, so that a bulk
-- load shows its rare months as well. All counts go by the time of the event and not by when it came in: an archive of
-- 2015 loaded today tells of 2015. Where a count over several runs cannot be exact without keeping every event, it is a
-- lower bound; that may delay a finding, and makes none up.
create or replace function ops.learn_payload_fields(
    sample_size integer,
    out events_read bigint,
    out changes_found bigint
)
language plpgsql as $$
declare
    -- Whoever made up keys could fill the table; GitHub's richest type has some 300 paths.
    most_paths constant integer := 1000;
    settled timestamptz;
    read_after timestamptz;
    reached timestamptz;
begin
    perform pg_advisory_xact_lock(hashtext('assay.payload_fields'));
    settled := coalesce(ops.oldest_open_transaction(), now() - interval '1 hour');
    select watermark into read_after from ops.pipeline_watermarks where pipeline = 'drift';
    read_after := coalesce(read_after, now() - interval '1 day');
    select max(ingested_at) into reached from bronze.raw_events where ingested_at > read_after and ingested_at <= settled;
    events_read := 0;
    changes_found := 0;
    if reached is null then
        return;
    end if;

    drop table if exists pg_temp.sampled_events, pg_temp.sampled_types, pg_temp.sampled_paths;
    create temporary table sampled_events on commit drop as
    with chosen as (
        select turns.event_id, turns.event_type, turns.created_at
        from (
            select
                monthly.*,
                row_number() over (partition by monthly.event_type order by monthly.turn, monthly.event_id) as position
            from (
                select
                    raw.event_id,
                    raw.event_type,
                    raw.created_at,
                    row_number() over (
                        partition by raw.event_type, date_trunc('month', raw.created_at at time zone 'UTC')
                        order by hashtext(raw.event_id), raw.event_id
                    ) as turn
                from bronze.raw_events as raw
                where raw.ingested_at > read_after and raw.ingested_at <= reached and raw.created_at is not null
            ) as monthly
        ) as turns
        where turns.position <= sample_size
        order by turns.position
        limit sample_size * 40
    )
    select
        raw.event_id,
        raw.event_type,
        raw.created_at as event_time,
        raw.payload as event,
        row_number() over (order by raw.created_at, raw.event_id, raw.event_type)::integer as event_number
    from chosen
    join bronze.raw_events as raw
        on raw.event_id = chosen.event_id
        and raw.event_type = chosen.event_type
        and raw.created_at = chosen.created_at;
    analyze sampled_events;
    select count(*) into events_read from sampled_events;

    create temporary table sampled_types on commit drop as
    select event_type, array_agg(event_time order by event_time) as times
    from sampled_events
    group by event_type;

    -- Once for each JSON type, once for any, once for each month.
    create temporary table sampled_paths on commit drop as
    with
    level_one as (
        select sampled.event_type, sampled.event_number, sampled.event_time, field.key as path, field.value
        from sampled_events as sampled
        cross join lateral jsonb_each(sampled.event) as field
    ),
    level_two as (
        select above.event_type, above.event_number, above.event_time, above.path || '.' || field.key as path, field.value
        from level_one as above
        cross join lateral jsonb_each(case when jsonb_typeof(above.value) = 'object' then above.value else '{}' end) as field
    ),
    level_three as (
        select above.event_type, above.event_number, above.event_time, above.path || '.' || field.key as path, field.value
        from level_two as above
        cross join lateral jsonb_each(case when jsonb_typeof(above.value) = 'object' then above.value else '{}' end) as field
        where above.path like 'payload.%'
    ),
    found as (
        select event_type, event_number, event_time, '' as path, 'object' as json_type from sampled_events
        union all
        select event_type, event_number, event_time, path, jsonb_typeof(value) from level_one
        union all
        select event_type, event_number, event_time, path, jsonb_typeof(value) from level_two
        union all
        select event_type, event_number, event_time, path, jsonb_typeof(value) from level_three
    )
    select
        event_type,
        path,
        case when grouping(json_type) = 0 then json_type else 'any' end as json_type,
        month,
        count(*) as seen_count,
        min(event_number) as first_number,
        max(event_number) as last_number
    from (
        select *, date_trunc('month', event_time at time zone 'UTC')::date as month from found where length(path) <= 200
    ) as dated
    group by grouping sets ((event_type, path, json_type), (event_type, path), (event_type, path, month));

    with
    found as (
        select
            paths.event_type,
            paths.path,
            paths.json_type,
            paths.seen_count,
            earliest.event_time as first_seen_at,
            earliest.event_id as first_event_id,
            latest.event_time as last_seen_at,
            latest.event_id as last_event_id,
            case
                when paths.json_type not in ('object', 'array', 'any')
                    then left(earliest.event #>> string_to_array(paths.path, '.'), 200)
            end as example
        from sampled_paths as paths
        join sampled_events as earliest on earliest.event_number = paths.first_number
        join sampled_events as latest on latest.event_number = paths.last_number
        where paths.month is null
    ),
    known as (
        select fields.* from ops.payload_fields as fields join sampled_types using (event_type)
    ),
    joined as (
        select
            event_type,
            path,
            json_type,
            coalesce(known.seen_count, 0) + coalesce(found.seen_count, 0) as seen_count,
            least(known.first_seen_at, found.first_seen_at) as first_seen_at,
            greatest(known.last_seen_at, found.last_seen_at) as last_seen_at,
            known.event_type is null as is_new,
            known.event_type is null or found.first_seen_at < known.first_seen_at as begins_earlier,
            known.event_type is null or found.last_seen_at > known.last_seen_at as ends_later,
            known.absent_before_count as known_absent_before,
            known.absent_after_count as known_absent_after,
            known.absent_since as known_absent_since,
            known.first_event_id as known_first_event_id,
            known.last_event_id as known_last_event_id,
            found.first_event_id,
            found.last_event_id,
            coalesce(known.example, found.example) as example,
            row_number() over (partition by event_type order by known.event_type is null, length(path), path) as place
        from known
        full join found using (event_type, path, json_type)
    ),
    -- width_bucket tells how many of the times, which are in order, are not later.
    placed as (
        select
            joined.*,
            types.times,
            width_bucket(joined.first_seen_at - interval '1 microsecond', types.times) as sampled_before,
            cardinality(types.times) - width_bucket(joined.last_seen_at, types.times) as sampled_after,
            types.times[width_bucket(joined.last_seen_at, types.times) + 1] as sampled_since,
            case
                when not joined.is_new then 0
                when coalesce(whole.last_seen_at, '-infinity') <= joined.first_seen_at then coalesce(whole.seen_count, 0)
                else (
                    select coalesce(sum(months.seen_count), 0)
                    from ops.payload_field_months as months
                    where months.event_type = joined.event_type
                      and months.path = ''
                      and months.month < date_trunc('month', joined.first_seen_at at time zone 'UTC')::date
                )
            end as known_before
        from joined
        join sampled_types as types on types.event_type = joined.event_type
        left join ops.payload_fields as whole
            on whole.event_type = joined.event_type and whole.path = '' and whole.json_type = 'any'
        where joined.place <= most_paths
    )
    insert into ops.payload_fields as stored (
        event_type, path, json_type, seen_count, absent_before_count, absent_after_count,
        first_seen_at, last_seen_at, absent_since, first_event_id, last_event_id, example
    )
    select
        event_type,
        path,
        json_type,
        seen_count,
        sampled_before + case when begins_earlier then known_before else known_absent_before end,
        sampled_after + case when ends_later then 0 else known_absent_after end,
        first_seen_at,
        last_seen_at,
        case when ends_later then sampled_since else least(known_absent_since, sampled_since) end,
        case when begins_earlier then first_event_id else known_first_event_id end,
        case when ends_later then last_event_id else known_last_event_id end,
        example
    from placed
    on conflict (event_type, path, json_type) do update
    set seen_count = excluded.seen_count,
        absent_before_count = excluded.absent_before_count,
        absent_after_count = excluded.absent_after_count,
        first_seen_at = excluded.first_seen_at,
        last_seen_at = excluded.last_seen_at,
        absent_since = excluded.absent_since,
        first_event_id = excluded.first_event_id,
        last_event_id = excluded.last_event_id,
        example = excluded.example,
        updated_at = excluded.updated_at;

    insert into ops.payload_field_months as stored (event_type, path, month, seen_count)
    select event_type, path, month, seen_count
    from sampled_paths
    where month is not null
      and exists (
        select 1
        from ops.payload_fields as fields
        where fields.event_type = sampled_paths.event_type and fields.path = sampled_paths.path
      )
    on conflict (event_type, path, month) do update
    set seen_count = stored.seen_count + excluded.seen_count;

    changes_found := ops.find_payload_changes(array(select event_type from sampled_types));
    perform ops.advance_watermark('drift', reached, settled, interval '1 hour');
end;
$$;
comment on function ops.learn_payload_fields(integer) is 'Learns the keys and JSON types of events from a sample of what came in, and looks for changes.';
