-- One row per event of a batch that bronze has: its number in the batch, from 1, its key, where bronze saw it first, and when.
--
-- Each is found by one probe of the key, in the month of its own time: the times of the batch bound the months that are
-- looked into at all, and the planner must not come to think that reading all of bronze, or all of an hour by the block
-- ranges of created_at, is cheaper: of a growing table its statistics are always old. NULL times are apart, since `is not distinct from` would look into every month.
create or replace function bronze.find_known(event_ids text[], event_types text[], times timestamptz[])
returns table (n bigint, event_id text, event_type text, created_at timestamptz, source text, ingested_at timestamptz)
language plpgsql stable set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off set enable_material = off as $$
declare
    oldest constant timestamptz := (select min(of_batch) from unnest(times) as of_batch);
    newest constant timestamptz := (select max(of_batch) from unnest(times) as of_batch);
begin
    return query
    select key.n, key.event_id, key.event_type, key.created_at, stored.source, stored.ingested_at
    from unnest(event_ids, event_types, times) with ordinality as key (event_id, event_type, created_at, n)
    join bronze.raw_events as stored
        on stored.event_id = key.event_id
        and stored.event_type = key.event_type
        and stored.created_at = key.created_at
    where stored.created_at between oldest and newest
    union all
    select key.n, key.event_id, key.event_type, key.created_at, stored.source, stored.ingested_at
    from unnest(event_ids, event_types, times) with ordinality as key (event_id, event_type, created_at, n)
    join bronze.raw_events as stored
        on stored.event_id = key.event_id
        and stored.event_type = key.event_type
        and stored.created_at is null
    where key.created_at is null;
end;
$$;
comment on function bronze.find_known(text[], text[], timestamptz[]) is 'One row per event of a batch that bronze has: its number in the batch, its key, and where and when bronze saw it first.';

-- One row per event of a batch that a source showed before a time though another had shown it first: its number in the
-- batch, from 1. As to the bounds, see bronze.find_known.
create or replace function bronze.find_sighted(event_ids text[], event_types text[], times timestamptz[], of_source text, before timestamptz)
returns table (n bigint)
language plpgsql stable set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off set enable_material = off as $$
declare
    oldest constant timestamptz := (select min(of_batch) from unnest(times) as of_batch);
    newest constant timestamptz := (select max(of_batch) from unnest(times) as of_batch);
begin
    return query
    select key.n
    from unnest(event_ids, event_types, times) with ordinality as key (event_id, event_type, created_at, n)
    join bronze.sightings as sighting
        on sighting.event_id = key.event_id
        and sighting.event_type = key.event_type
        and sighting.created_at = key.created_at
    where sighting.created_at between oldest and newest and sighting.source = of_source and sighting.seen_at < before
    union all
    select key.n
    from unnest(event_ids, event_types, times) with ordinality as key (event_id, event_type, created_at, n)
    join bronze.sightings as sighting
        on sighting.event_id = key.event_id
        and sighting.event_type = key.event_type
        and sighting.created_at is null
    where key.created_at is null and sighting.source = of_source and sighting.seen_at < before;
end;
$$;
comment on function bronze.find_sighted(text[], text[], timestamptz[], text, timestamptz) is 'One row per event of a batch that a source showed before a time though another had shown it first.';
