-- The warehouse's own book-keeping: written by whoever does the work, read by everybody.
create schema if not exists ops;
comment on schema ops is 'Runs, watermarks, polls and source files: what the warehouse did, when, and how it went.';

-- One row per run of a pipeline.
create table ops.pipeline_runs (
    run_id bigint generated always as identity primary key,
    pipeline text not null,
    status text not null default 'running' check (status in ('running', 'success', 'failed')),
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    duration_ms bigint,
    rows_in bigint,
    rows_out bigint,
    rows_rejected bigint,
    retries integer not null default 0,
    error text,
    steps jsonb not null default '[]'
);
create index pipeline_runs_pipeline_started_at on ops.pipeline_runs (pipeline, started_at desc);

comment on table ops.pipeline_runs is 'One row per run of a pipeline: silver, gold, coverage (how complete it is) or heal (gaps filled from archives).';
comment on column ops.pipeline_runs.run_id is 'Number of the run.';
comment on column ops.pipeline_runs.pipeline is 'silver, gold, coverage or heal.';
comment on column ops.pipeline_runs.status is 'running, success or failed. A run whose process died is marked failed by the next run.';
comment on column ops.pipeline_runs.started_at is 'When the run began.';
comment on column ops.pipeline_runs.finished_at is 'When the run ended; NULL while it runs.';
comment on column ops.pipeline_runs.duration_ms is 'How long the run took, in milliseconds.';
comment on column ops.pipeline_runs.rows_in is 'Rows read; for gold, those new to it; for coverage, hours counted; for heal, files fetched.';
comment on column ops.pipeline_runs.rows_out is 'Rows written to the target (silver.events, gold.fact_events).';
comment on column ops.pipeline_runs.rows_rejected is 'For silver, new rows without a readable time, which stay out of gold; for heal, items refused.';
comment on column ops.pipeline_runs.retries is 'How often the run was started again after a passing fault.';
comment on column ops.pipeline_runs.error is 'Why the run failed; NULL otherwise.';
comment on column ops.pipeline_runs.steps is 'JSON array of {step, rows, duration_ms} in the order they ran.';

-- One row per pipeline.
create table ops.pipeline_watermarks (
    pipeline text primary key,
    watermark timestamptz not null,
    full_window_read_at timestamptz,
    full_window_watermark timestamptz,
    updated_at timestamptz not null default now()
);

comment on table ops.pipeline_watermarks is 'One row per pipeline: up to which time everything has been processed. Kept in the transaction that moves the rows.';
comment on column ops.pipeline_watermarks.pipeline is 'silver (reads bronze by ingested_at), gold (reads silver by processed_at), coverage (reads bronze and its sightings) or feed-gaps (reads polls by recorded_at).';
comment on column ops.pipeline_watermarks.watermark is 'Every row stamped at or before this time has been processed, but for those committed late inside the grace window, which later runs pick up.';
comment on column ops.pipeline_watermarks.full_window_read_at is 'When a run that read the whole grace window behind the watermark again began; NULL before the first.';
comment on column ops.pipeline_watermarks.full_window_watermark is 'The watermark when that run began: the next such run reads from the grace window behind it.';
comment on column ops.pipeline_watermarks.updated_at is 'When this row last changed.';

-- One row per request to a feed.
create table ops.polls (
    poll_id uuid primary key,
    walk_id uuid not null,
    feed text not null,
    page integer not null,
    polled_at timestamptz not null,
    duration_ms integer not null,
    outcome text not null,
    http_status integer,
    fetched integer not null default 0,
    inserted integer not null default 0,
    duplicates integer not null default 0,
    dead_lettered integer not null default 0,
    overlap integer,
    oldest_event_at timestamptz,
    newest_event_at timestamptz,
    quota_limit integer,
    quota_remaining integer,
    quota_reset_at timestamptz,
    error text,
    recorded_at timestamptz not null default now(),
    constraint polls_conserve_rows check (fetched = inserted + duplicates + dead_lettered)
);
create index polls_feed_polled_at on ops.polls (feed, polled_at desc);
create index polls_walk_id on ops.polls (walk_id);
create index polls_recorded_at on ops.polls (recorded_at desc);

comment on table ops.polls is 'One row per request to a feed, written in the transaction that stores what it brought.';
comment on column ops.polls.poll_id is 'Chosen by the listener, so that a batch stored again after a lost reply is not entered twice.';
comment on column ops.polls.walk_id is 'Common to the pages of one walk through a feed.';
comment on column ops.polls.feed is 'public, orgs/NAME, repos/OWNER/NAME or users/NAME.';
comment on column ops.polls.page is 'Page of the feed, from 1.';
comment on column ops.polls.polled_at is 'When the request was sent, by the listener''s clock.';
comment on column ops.polls.duration_ms is 'From sending the request to having read the answer.';
comment on column ops.polls.outcome is 'events, not-modified, past-end, rate-limited, token-refused, feed-refused or failed.';
comment on column ops.polls.http_status is 'HTTP status of the answer; NULL when there was none.';
comment on column ops.polls.fetched is 'Items in the answer; always inserted + duplicates + dead_lettered.';
comment on column ops.polls.inserted is 'Items new to bronze.';
comment on column ops.polls.duplicates is 'Items bronze already had, or that came twice in the answer.';
comment on column ops.polls.dead_lettered is 'Items refused and kept in bronze.dead_letter_queue.';
comment on column ops.polls.overlap is 'Items of this page that this feed had shown before the walk began; NULL when the page brought no items.';
comment on column ops.polls.oldest_event_at is 'Earliest created_at on the page.';
comment on column ops.polls.newest_event_at is 'Latest created_at on the page.';
comment on column ops.polls.quota_limit is 'Requests allowed an hour, as GitHub said.';
comment on column ops.polls.quota_remaining is 'Requests left, as GitHub said.';
comment on column ops.polls.quota_reset_at is 'When the quota is filled again, as GitHub said.';
comment on column ops.polls.error is 'What went wrong; NULL when nothing did.';
comment on column ops.polls.recorded_at is 'When the row was written, by the database''s clock.';

-- One row: what this warehouse is fed with.
create table ops.warehouse_origin (
    is_only_row boolean primary key default true check (is_only_row),
    origin text not null check (origin in ('github', 'simulator')),
    claimed_at timestamptz not null default now()
);
comment on table ops.warehouse_origin is 'At most one row: whether the warehouse is fed by the real GitHub or by the simulator, so that made-up events never mix with real ones.';
comment on column ops.warehouse_origin.is_only_row is 'Always true: keeps the table to one row.';
comment on column ops.warehouse_origin.origin is 'github or simulator.';
comment on column ops.warehouse_origin.claimed_at is 'When the first of the two started to feed it.';
