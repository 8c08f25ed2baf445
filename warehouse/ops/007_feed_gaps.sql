-- Where something may be missing.

-- One row per gap: a span of time in which a feed was not seen, or an archive has no whole file.
create table ops.feed_gaps (
    gap_id bigint generated always as identity primary key,
    kind text not null check (kind in ('no-overlap', 'outage', 'archive-missing')),
    feed text not null,
    gap_from timestamptz not null,
    gap_to timestamptz not null,
    found_at timestamptz not null default now(),
    status text not null default 'open' check (status in ('open', 'healed')),
    healed_at timestamptz,
    healed_by jsonb,
    events_recovered bigint,
    tried_at timestamptz,
    try_count integer not null default 0,
    note text,
    constraint feed_gaps_end_after_start check (gap_to > gap_from),
    constraint feed_gaps_healed_says_when check ((status = 'healed') = (healed_at is not null))
);
create index feed_gaps_span on ops.feed_gaps (kind, feed, gap_to);
create index feed_gaps_open on ops.feed_gaps (gap_from) where status = 'open';

comment on table ops.feed_gaps is 'One row per gap in what was seen of a feed or an archive. Gaps of one kind and feed that touch are one, but none goes beyond a UTC day.';
comment on column ops.feed_gaps.gap_id is 'Number of the gap.';
comment on column ops.feed_gaps.kind is 'no-overlap: a walk with a full window knew nothing of the walk before; outage: no walk got an answer for more than three usual intervals; archive-missing: an archive file is missing, empty, broken or could not be fetched.';
comment on column ops.feed_gaps.feed is 'The feed (public, orgs/x, …), or the archive (gharchive, archive:NAME).';
comment on column ops.feed_gaps.gap_from is 'Start of the span: the last walk before it, or the hour of the file.';
comment on column ops.feed_gaps.gap_to is 'End of the span: the first walk after it, or the end of the hour of the file.';
comment on column ops.feed_gaps.found_at is 'When the gap was first found.';
comment on column ops.feed_gaps.status is 'open or healed.';
comment on column ops.feed_gaps.healed_at is 'When the archive files that cover it had been loaded.';
comment on column ops.feed_gaps.healed_by is 'Events of the span that archives showed first, by archive.';
comment on column ops.feed_gaps.events_recovered is 'Their sum.';
comment on column ops.feed_gaps.tried_at is 'When healing was last tried.';
comment on column ops.feed_gaps.try_count is 'How often healing was tried.';
comment on column ops.feed_gaps.note is 'Why it is a gap, and what is still missing to close it.';
