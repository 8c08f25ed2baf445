-- One row per event type and time at which changes of its fields were found, of the last two days.
-- Needs: ops.payload_changes
--
-- News: it is told once, and there is nothing to recover.
with
changes as (
    select
        event_type,
        found_at,
        since,
        format(
            '%s %s%s',
            kind,
            path,
            case when kind = 'retyped' then format(' (%s, was %s)', json_type, coalesce(earlier_type, 'unknown')) else '' end
        ) as what,
        row_number() over (partition by event_type, found_at order by kind desc, path) as position
    from ops.payload_changes
    where found_at > now() - interval '2 days'
)
select
    format('%s, found %s UTC', event_type, to_char(found_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')) as subject,
    'warn' as severity,
    format(
        'GitHub changed what it sends: %s%s. See ops.payload_changes.',
        string_agg(what, ', ' order by position) filter (where position <= 8),
        case when count(*) > 8 then format(' and %s more', count(*) - 8) else '' end
    ) as detail,
    min(since) as since,
    true as is_news
from changes
group by event_type, found_at
order by found_at, event_type;
