-- Finds fields of some event types that came, went or changed their JSON type, and enters each once.
--
-- new       The type was known without it by enough events, and that all events with the key are among the last cannot be
--           chance: of N events the last n alone had it, k of them, and (n / N)^k is below 0.001. A rare optional key that
--           shows up for the first time is no news.
-- vanished  Practically all events had it, and none of the last ones. "Practically all" goes by all events up to the last
--           that had it, or by the three months before its last, for a key that came later than the type.
-- retyped   Another JSON type than an earlier one came later, by the same measure as a new field. null counts as no type.
--
-- A key inside one that is reported is not reported by itself.
create or replace function ops.find_payload_changes(of_types text[]) returns bigint
language plpgsql as $$
declare
    baseline constant integer := 200;
    fewest_new constant integer := 3;
    fewest_before constant integer := 20;
    fewest_after constant integer := 20;
    least_share constant numeric := 0.95;
    by_chance constant double precision := 0.001;
    found_count bigint;
begin
    with
    fields as (
        select
            field.*,
            whole.seen_count as event_count,
            regexp_replace(field.path, '\.?[^.]+$', '') as parent
        from ops.payload_fields as field
        join ops.payload_fields as whole
            on whole.event_type = field.event_type and whole.path = '' and whole.json_type = 'any'
        where field.event_type = any (of_types) and field.path <> ''
    ),
    keys as (
        select * from fields where json_type = 'any'
    ),
    -- The JSON type most events had.
    usual as (
        select distinct on (event_type, path) event_type, path, json_type, first_seen_at, last_seen_at, seen_count, example
        from fields
        where json_type not in ('any', 'null')
        order by event_type, path, seen_count desc, json_type
    ),
    came as (
        select
            'new' as kind, event_type, path, parent, null as earlier_type, first_seen_at as since,
            null::timestamptz as last_before, absent_before_count as count_before, seen_count as count_after,
            first_event_id as example_event_id
        from keys
        where absent_before_count >= baseline
          and seen_count >= fewest_new
          and seen_count * ln(greatest(event_count - absent_before_count, seen_count)::double precision / event_count) < ln(by_chance)
    ),
    went as (
        select
            'vanished' as kind, event_type, path, parent, null as earlier_type, absent_since as since,
            last_seen_at as last_before, seen_count as count_before, absent_after_count as count_after,
            last_event_id as example_event_id
        from keys
        where absent_after_count >= fewest_after
          and seen_count >= fewest_before
          and absent_since is not null
          and greatest(
            seen_count::numeric / greatest(event_count - absent_after_count, seen_count),
            (
                select sum(recent.seen_count)::numeric / nullif(sum(recent.event_count), 0)
                from (
                    select months.seen_count, whole.seen_count as event_count
                    from ops.payload_field_months as months
                    join ops.payload_field_months as whole
                        on whole.event_type = months.event_type and whole.path = '' and whole.month = months.month
                    where months.event_type = keys.event_type
                      and months.path = keys.path
                      and months.month < date_trunc('month', keys.last_seen_at at time zone 'UTC')::date
                    order by months.month desc
                    limit 3
                ) as recent
                having sum(recent.seen_count) >= fewest_before
            )
          ) >= least_share
    ),
    turned as (
        select distinct on (later.event_type, later.path)
            'retyped' as kind, later.event_type, later.path, later.parent, earlier.json_type as earlier_type,
            later.first_seen_at as since,
            case when earlier.last_seen_at < later.first_seen_at then earlier.last_seen_at end as last_before,
            earlier.seen_count as count_before, later.seen_count as count_after,
            later.first_event_id as example_event_id, later.json_type, later.example
        from fields as later
        join fields as earlier
            on earlier.event_type = later.event_type
            and earlier.path = later.path
            and earlier.json_type <> later.json_type
            and earlier.first_seen_at < later.first_seen_at
        where later.json_type not in ('any', 'null')
          and earlier.json_type not in ('any', 'null')
          and earlier.seen_count >= fewest_before
          and later.seen_count >= fewest_new
          and later.seen_count
            * ln(greatest(later.event_count - later.absent_before_count, later.seen_count)::double precision / later.event_count)
            < ln(by_chance)
        order by later.event_type, later.path, earlier.seen_count desc
    ),
    changes as (
        select gone_or_come.*, coalesce(usual.json_type, 'null') as json_type, usual.example
        from (select * from came union all select * from went) as gone_or_come
        left join usual on usual.event_type = gone_or_come.event_type and usual.path = gone_or_come.path
        union all
        select
            kind, event_type, path, parent, earlier_type, since, last_before, count_before, count_after, example_event_id,
            json_type, example
        from turned
    ),
    entered as (
        insert into ops.payload_changes (
            kind, event_type, path, json_type, earlier_type, since, last_before, count_before, count_after,
            example_event_id, example
        )
        select
            kind, event_type, path, json_type, earlier_type, since, last_before, count_before, count_after,
            example_event_id, example
        from changes
        where not exists (
            select 1
            from changes as above
            where above.kind = changes.kind and above.event_type = changes.event_type and above.path = changes.parent
        )
          and not exists (
            select 1
            from ops.payload_changes as known
            where known.kind = changes.kind
              and known.event_type = changes.event_type
              and (known.path = changes.parent or (known.path = changes.path and changes.kind <> 'retyped'))
        )
        on conflict do nothing
        returning 1
    )
    select count(*) into found_count from entered;
    return found_count;
end;
$$;
comment on function ops.find_payload_changes(text[]) is 'Enters into ops.payload_changes the fields of some event types that came, went or changed their JSON type.';
