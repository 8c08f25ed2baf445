-- What the checks in warehouse/checks found, and what the columns looked like.

-- One row per check and run of it.
create table ops.quality_results (
    result_id bigint generated always as identity primary key,
    run_id bigint not null,
    check_name text not null,
    severity text not null check (severity in ('fail', 'warn')),
    layer text,
    category text,
    status text not null check (status in ('pass', 'fail', 'warn', 'error', 'skipped')),
    row_count bigint,
    is_row_count_exact boolean not null default true,
    sample jsonb not null default '[]',
    sample_columns text[] not null default '{}',
    message text,
    duration_ms bigint not null,
    checked_since timestamptz not null,
    checked_until timestamptz not null,
    checked_at timestamptz not null default now(),
    constraint quality_results_counts_unless_it_failed check ((row_count is null) = (status = 'error'))
);
create index quality_results_check_name on ops.quality_results (check_name, checked_at desc);
create index quality_results_run_id on ops.quality_results (run_id);
create index quality_results_checked_at on ops.quality_results using brin (checked_at);

comment on table ops.quality_results is 'One row per check of warehouse/checks and run of it: what it found. Kept for 30 days, the latest of each check for ever.';
comment on column ops.quality_results.result_id is 'Number of the result.';
comment on column ops.quality_results.run_id is 'The run of ops.pipeline_runs (pipeline quality) it belongs to.';
comment on column ops.quality_results.check_name is 'Name of the check, which is its claim: the file is warehouse/checks/SEVERITY/NAME.sql, or one in QUALITY_CHECKS_DIR.';
comment on column ops.quality_results.severity is 'fail (the warehouse is wrong) or warn (the data is odd).';
comment on column ops.quality_results.layer is 'bronze, silver, gold or ops; NULL when the file could not be read.';
comment on column ops.quality_results.category is 'Kind of check, such as reconciliation; NULL when the file could not be read.';
comment on column ops.quality_results.status is 'pass; fail or warn when rows were found; error when the check could not be run; skipped when it has too little to go by.';
comment on column ops.quality_results.row_count is 'Offending rows; NULL when the check could not be run.';
comment on column ops.quality_results.is_row_count_exact is 'Whether all were counted: counting stops at 100,000.';
comment on column ops.quality_results.sample is 'Up to ten of the offending rows.';
comment on column ops.quality_results.sample_columns is 'The columns of the sample in the order of the check.';
comment on column ops.quality_results.message is 'Why it was skipped or could not be run; NULL otherwise.';
comment on column ops.quality_results.duration_ms is 'How long it took, in milliseconds.';
comment on column ops.quality_results.checked_since is 'Rows stamped (ingested_at, processed_at, recorded_at) before this time were not looked at; minus infinity when all were.';
comment on column ops.quality_results.checked_until is 'The next run of the check begins here, unless this one failed: then it begins where this one began.';
comment on column ops.quality_results.checked_at is 'When the run of the checks began.';

-- One row per column and profile taken of it.
create table ops.column_profiles (
    table_name text not null,
    column_name text not null,
    profiled_at timestamptz not null default now(),
    sampled_count bigint not null,
    null_count bigint not null,
    distinct_count bigint not null,
    min_value text,
    max_value text,
    mean_value double precision,
    primary key (table_name, column_name, profiled_at)
);
create index column_profiles_profiled_at on ops.column_profiles (profiled_at);

comment on table ops.column_profiles is 'One row per column and profile taken of it: what the newest rows of its table held. Kept for 30 days.';
comment on column ops.column_profiles.table_name is 'The table, with its schema.';
comment on column ops.column_profiles.column_name is 'The column.';
comment on column ops.column_profiles.profiled_at is 'When the profile was taken; common to all columns of one.';
comment on column ops.column_profiles.sampled_count is 'Rows looked at: the newest that came in.';
comment on column ops.column_profiles.null_count is 'Of them, those without a value.';
comment on column ops.column_profiles.distinct_count is 'Distinct values among them.';
comment on column ops.column_profiles.min_value is 'Smallest value, cut to 100 characters; numbers by size, all else by its bytes.';
comment on column ops.column_profiles.max_value is 'Largest value, likewise.';
comment on column ops.column_profiles.mean_value is 'Mean of numbers, share of true of booleans; NULL for all else.';

comment on table ops.pipeline_runs is 'One row per run of a pipeline: maintain (partitions and retention), silver, gold, coverage (how complete it is), quality (the checks) or heal (gaps filled from archives).';
comment on column ops.pipeline_runs.pipeline is 'maintain, silver, gold, coverage, quality or heal.';
comment on column ops.pipeline_runs.rows_in is 'Rows read; for gold, those new to it; for coverage, hours counted; for quality, checks; for heal, files fetched; for maintain, rows moved into a new partition.';
comment on column ops.pipeline_runs.rows_out is 'Rows written to the target (silver.events, gold.fact_events); for quality, checks that found something; for maintain, rows dropped past their retention.';
comment on column ops.pipeline_runs.rows_rejected is 'For silver, new rows without a readable time, which stay out of gold; for quality, checks that could not be run; for heal, items refused.';
