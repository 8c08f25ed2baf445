-- What the coverage of a day, a month or all types together is combined from: gold.coverage_hours, then gold.coverage_strata.
--
-- Totals of independent strata add, and so do their variances, on the scale of the totals: the arms of the intervals,
-- low and high each for itself, add in squares (Zou and Donner 2008), which keeps each side's own length.
--     total = Σ total    low = total − √Σ (total − low)²    high = total + √Σ (high − total)²
--
-- A stratum must be large enough to stand alone: the sum of many small estimates is biased (24 hours in each of which
-- one event is expected in both lists lose a quarter of the total). So hours of a type with fewer than 20 events expected
-- in both lists are pooled before they are estimated. How many are expected follows from the sizes of the lists and the
-- day's own rate; to pool by the overlap found would be to choose by chance. Hours are pooled with those in which the
-- same sources were at work: of hours without one of the archives fewer reach 20, so that among all that do not, those in
-- which we saw much would be those in which the archives saw little, and the total would come out 1 % too high.

-- One row per row of gold.feed_coverage, with its UTC day and how many events both lists are expected to hold.
create or replace view gold.coverage_hours as
with sums as (
    select
        coverage.*,
        (hour at time zone 'UTC')::date as day,
        list_one_count + list_two_count - overlap_count as list_union_count,
        sum(list_one_count) over type_day::bigint as day_one_count,
        sum(list_two_count) over type_day::bigint as day_two_count,
        sum(overlap_count) over type_day::bigint as day_overlap_count
    from gold.feed_coverage as coverage
    window type_day as (partition by (hour at time zone 'UTC')::date, event_type)
)
select
    sums.*,
    list_one_count::numeric * list_two_count / nullif(list_union_count, 0)
        * (day_one_count + day_two_count - day_overlap_count)
        / nullif((day_one_count + 1)::numeric * (day_two_count + 1) / (day_overlap_count + 1) - 1, 0) as expected_overlap
from sums;
comment on view gold.coverage_hours is 'One row per row of gold.feed_coverage, with its UTC day and the number of events that both lists are expected to hold.';
comment on column gold.coverage_hours.list_union_count is 'Events that either of the two sides has.';
comment on column gold.coverage_hours.day_one_count is 'Events the one side has of the type on the whole day.';
comment on column gold.coverage_hours.day_two_count is 'Events the other side has of the type on the whole day.';
comment on column gold.coverage_hours.day_overlap_count is 'Events both sides have of the type on the whole day.';
comment on column gold.coverage_hours.counts_by_source is 'JSON object: for each kind of source, the events it has.';
comment on column gold.coverage_hours.hour is 'Start of the UTC hour.';
comment on column gold.coverage_hours.event_type is 'GitHub''s type, such as PushEvent.';
comment on column gold.coverage_hours.captured_count is 'Distinct events the warehouse has.';
comment on column gold.coverage_hours.own_count is 'Of them, those our own polls of the public feed showed.';
comment on column gold.coverage_hours.archive_count is 'Of them, those any archive showed.';
comment on column gold.coverage_hours.counts_by_history is 'JSON object: for each exact set of sources, the events that they and no others have.';
comment on column gold.coverage_hours.list_one is 'The sources compared: one side.';
comment on column gold.coverage_hours.list_two is 'The sources compared: the other side.';
comment on column gold.coverage_hours.list_one_count is 'Events the one side has.';
comment on column gold.coverage_hours.list_two_count is 'Events the other side has.';
comment on column gold.coverage_hours.overlap_count is 'Events both sides have.';
comment on column gold.coverage_hours.estimated_total is 'Events that happened, by estimate; NULL when nothing can be said.';
comment on column gold.coverage_hours.estimated_low is 'Lower end of the 95 % interval of the estimate.';
comment on column gold.coverage_hours.estimated_high is 'Upper end of the 95 % interval of the estimate.';
comment on column gold.coverage_hours.capture_rate is 'Captured as a share of what happened, from 0 to 1, of the hours and types that have an estimate.';
comment on column gold.coverage_hours.capture_rate_low is 'Lower end of the 95 % interval of the capture rate.';
comment on column gold.coverage_hours.capture_rate_high is 'Upper end of the 95 % interval of the capture rate.';
comment on column gold.coverage_hours.method is 'capture-recapture, poll-overlap or none.';
comment on column gold.coverage_hours.reason is 'Why there is no estimate; NULL when there is one.';
comment on column gold.coverage_hours.computed_at is 'When the row was last computed.';
comment on column gold.coverage_hours.day is 'UTC day.';
comment on column gold.coverage_hours.expected_overlap is 'Events that both sides would have if they were independent.';

-- One row per stratum of a UTC day. "Not materialized", so that to ask for a day reads a day.
create or replace view gold.coverage_strata as
with placed as not materialized (
    select
        *,
        list_one is null or (expected_overlap >= 20 and estimated_total is not null) as stands_alone
    from gold.coverage_hours
),
pools as (
    select
        day,
        event_type,
        list_one,
        list_two,
        sum(captured_count) as captured_count,
        sum(list_one_count) as list_one_count,
        sum(list_two_count) as list_two_count,
        sum(overlap_count) as overlap_count,
        bool_and(coalesce(sum(expected_overlap), 0) >= 10) over type_day as are_large_enough,
        sum(sum(overlap_count)) over type_day >= 7 as is_type_large_enough
    from placed
    where not stands_alone
    group by day, event_type, list_one, list_two
    window type_day as (partition by day, event_type)
),
-- Where one of a type's pools is too small, the type has one pool; types too small for one go together.
merged as (
    select
        day,
        case when is_type_large_enough then event_type end as event_type,
        sum(captured_count)::bigint as captured_count,
        sum(list_one_count)::bigint as list_one_count,
        sum(list_two_count)::bigint as list_two_count,
        sum(overlap_count)::bigint as overlap_count
    from pools
    group by
        day,
        case when is_type_large_enough then event_type end,
        case when is_type_large_enough and are_large_enough then list_one || ' / ' || list_two end
)
select
    day,
    event_type,
    hour,
    captured_count,
    estimated_total,
    estimated_low,
    estimated_high
from placed
where stands_alone
union all
select
    merged.day,
    merged.event_type,
    null,
    merged.captured_count,
    case when overlap_count > 0 then greatest(chapman.total, captured_count) end,
    case when overlap_count > 0 then greatest(chapman.low, captured_count) end,
    case when overlap_count > 0 then greatest(chapman.high, captured_count) end
from merged
cross join lateral gold.chapman_estimate(list_one_count, list_two_count, overlap_count) as chapman;
comment on view gold.coverage_strata is 'One row per stratum of a UTC day: an hour of a type, small hours of a type pooled (hour NULL), or what is left of small types pooled (event_type NULL). Their estimates add.';
comment on column gold.coverage_strata.day is 'UTC day.';
comment on column gold.coverage_strata.event_type is 'GitHub''s type; NULL for a pool of small types.';
comment on column gold.coverage_strata.hour is 'Start of the UTC hour; NULL for a pool of hours.';
comment on column gold.coverage_strata.captured_count is 'Distinct events the warehouse has.';
comment on column gold.coverage_strata.estimated_low is 'Lower end of the 95 % interval of the estimate.';
comment on column gold.coverage_strata.estimated_high is 'Upper end of the 95 % interval of the estimate.';
comment on column gold.coverage_strata.estimated_total is 'Events that happened, by estimate; NULL when nothing can be said of the stratum.';
