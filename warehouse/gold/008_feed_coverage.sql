-- How much of what happened came in.

-- One row per UTC hour and event type of which at least one event was captured.
create table gold.feed_coverage (
    hour timestamptz not null,
    event_type text not null,
    captured_count bigint not null,
    own_count bigint not null,
    archive_count bigint not null,
    counts_by_source jsonb not null,
    counts_by_history jsonb not null,
    list_one text,
    list_two text,
    list_one_count bigint,
    list_two_count bigint,
    overlap_count bigint,
    estimated_total numeric,
    estimated_low numeric,
    estimated_high numeric,
    capture_rate numeric,
    capture_rate_low numeric,
    capture_rate_high numeric,
    method text not null check (method in ('capture-recapture', 'poll-overlap', 'none')),
    reason text,
    computed_at timestamptz not null default now(),
    primary key (hour, event_type),
    constraint feed_coverage_says_why check ((estimated_total is null) = (reason is not null)),
    constraint feed_coverage_estimates_at_least_what_is_there check (estimated_low >= captured_count)
);

comment on table gold.feed_coverage is 'One row per UTC hour and event type of which at least one event was captured: how many, by whom, and how many there were by estimate. See docs/completeness.md.';
comment on column gold.feed_coverage.hour is 'Start of the UTC hour of created_at.';
comment on column gold.feed_coverage.event_type is 'GitHub''s type, such as PushEvent.';
comment on column gold.feed_coverage.captured_count is 'Distinct events in bronze, whoever showed them.';
comment on column gold.feed_coverage.own_count is 'Of them, those our own polls of the public feed saw.';
comment on column gold.feed_coverage.archive_count is 'Of them, those any archive has.';
comment on column gold.feed_coverage.counts_by_source is 'Events seen by each kind of source; one event may count for several.';
comment on column gold.feed_coverage.counts_by_history is 'Events by the exact set of sources that saw them, such as {"gharchive": 12, "gharchive + public-feed": 4}: all that any capture–recapture model needs.';
comment on column gold.feed_coverage.list_one is 'First of the two lists that were compared; NULL when there were no two.';
comment on column gold.feed_coverage.list_two is 'Second list: all other sources at work in the hour, taken together.';
comment on column gold.feed_coverage.list_one_count is 'Events in the first list.';
comment on column gold.feed_coverage.list_two_count is 'Events in the second list.';
comment on column gold.feed_coverage.overlap_count is 'Events in both.';
comment on column gold.feed_coverage.estimated_total is 'Events that happened, by estimate; NULL when nothing can be said, see reason.';
comment on column gold.feed_coverage.estimated_low is 'Lower end of the 95 % interval of estimated_total.';
comment on column gold.feed_coverage.estimated_high is 'Upper end of the 95 % interval of estimated_total.';
comment on column gold.feed_coverage.capture_rate is 'captured_count / estimated_total, 0 to 1.';
comment on column gold.feed_coverage.capture_rate_low is 'captured_count / estimated_high.';
comment on column gold.feed_coverage.capture_rate_high is 'captured_count / estimated_low.';
comment on column gold.feed_coverage.method is 'capture-recapture, poll-overlap, or none when there is no estimate.';
comment on column gold.feed_coverage.reason is 'Why there is no estimate; NULL when there is one.';
comment on column gold.feed_coverage.computed_at is 'When the row last changed.';

-- Whatever touches an hour has that hour counted again. Bronze grows more or less by created_at, so that block
-- ranges find an hour at next to no cost for who writes; "multi" keeps a late event from widening them.
create index if not exists raw_events_created_at on bronze.raw_events
    using brin (created_at timestamptz_minmax_multi_ops) with (pages_per_range = 32, autosummarize = on);
create index if not exists sightings_created_at on bronze.sightings
    using brin (created_at timestamptz_minmax_multi_ops) with (pages_per_range = 32, autosummarize = on);
