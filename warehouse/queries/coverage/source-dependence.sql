-- One row per two sources, and a third that tells of them, of the last 30 days.
--
-- Capture–recapture supposes that whether one list has an event does not depend on whether the other has it. With three
-- sources that can be looked at: among the events that a third one saw, how much more often do two sources have the
-- same event than chance would have it? odds_ratio (Mantel and Haenszel, over hours and types) is 1 when they are
-- independent; above 1 the estimated totals are too low and the capture rates too high, if the two are in different
-- lists (ours and an archive's; two archives are in one list, and may depend on each other).
with
coverage as (
    select * from gold.coverage_hours where day >= (now() at time zone 'UTC')::date - 30
),
histories as (
    select hour, event_type, string_to_array(history.key, ' + ') as sources, history.value::numeric as event_count
    from coverage
    cross join lateral jsonb_each_text(counts_by_history) as history
),
samples as (
    select distinct source.source_class
    from histories
    cross join unnest(sources) as source (source_class)
    where source.source_class ~ '^(public-feed$|gharchive$|archive:)'
),
tables as (
    select
        one.source_class as source_one,
        two.source_class as source_two,
        third.source_class as seen_by,
        sum(event_count) filter (where one.source_class = any (sources) and two.source_class = any (sources)) as both_count,
        sum(event_count) filter (where one.source_class = any (sources) and not two.source_class = any (sources)) as one_count,
        sum(event_count) filter (where not one.source_class = any (sources) and two.source_class = any (sources)) as two_count,
        sum(event_count) filter (where not one.source_class = any (sources) and not two.source_class = any (sources)) as neither_count,
        sum(event_count) as event_count
    from histories
    cross join samples as one
    join samples as two on two.source_class > one.source_class
    join samples as third on third.source_class not in (one.source_class, two.source_class)
    where third.source_class = any (sources)
    group by hour, event_type, one.source_class, two.source_class, third.source_class
)
select
    source_one,
    source_two,
    seen_by,
    sum(event_count) as event_count,
    round(sum(both_count * neither_count / event_count) / nullif(sum(one_count * two_count / event_count), 0), 3) as odds_ratio
from tables
group by source_one, source_two, seen_by
order by source_one, source_two, seen_by;
