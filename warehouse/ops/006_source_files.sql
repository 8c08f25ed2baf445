-- One row per file or archive hour that was to be loaded.
--
-- Rows move here in the transaction that stores the events, so that after a crash at any moment `settled` tells
-- exactly which part of the content is in bronze. Parts may be stored out of order, two at a time.
create table ops.source_files (
    source_file_id bigint generated always as identity primary key,
    file_key text not null unique,
    source text not null,
    location text not null,
    hour timestamptz,
    status text not null default 'loading'
        check (status in ('loading', 'complete', 'partial', 'missing', 'empty', 'failed')),
    format text,
    compression text,
    encoding text,
    size_bytes bigint,
    sha256 bytea,
    etag text,
    settled int8multirange not null default '{}',
    bytes_read bigint not null default 0,
    fingerprint bytea,
    items_read bigint not null default 0,
    items_refused bigint not null default 0,
    was_read_whole boolean not null default false,
    fetched bigint not null default 0,
    inserted bigint not null default 0,
    duplicates bigint not null default 0,
    dead_lettered bigint not null default 0,
    attempts integer not null default 1,
    started_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    finished_at timestamptz,
    next_retry_at timestamptz,
    error text,
    constraint source_files_conserve_rows check (fetched = inserted + duplicates + dead_lettered)
);
create index source_files_hour on ops.source_files (hour);
create index source_files_next_retry_at on ops.source_files (next_retry_at) where next_retry_at is not null;

comment on table ops.source_files is 'One row per file or archive hour that was to be loaded, moved on in the transaction that stores its events.';
comment on column ops.source_files.source_file_id is 'Number of the file.';
comment on column ops.source_files.file_key is 'What tells it from others: the absolute path of a file, the source of an archive hour, a fingerprint of what came on standard input.';
comment on column ops.source_files.source is 'As in bronze.raw_events.source: file:NAME, gharchive:2026-01-31-7, archive:NAME:2026-01-31-7.';
comment on column ops.source_files.location is 'Where it was read from: absolute path, URL or standard input.';
comment on column ops.source_files.hour is 'Start of the hour an archive file stands for; NULL for other files.';
comment on column ops.source_files.status is 'loading (begun, or cut short: the next run goes on), complete, partial (something in it could not be read or stored), missing (404), empty (no events in it) or failed (could not be fetched, or holds no events).';
comment on column ops.source_files.format is 'What it was taken for: NDJSON, JSON array, CSV, …; NULL until known.';
comment on column ops.source_files.compression is 'gzip or none.';
comment on column ops.source_files.encoding is 'UTF-8, or what a byte-order mark announced.';
comment on column ops.source_files.size_bytes is 'Size as it lay there, compressed or not, when it was last read to the end.';
comment on column ops.source_files.sha256 is 'SHA-256 of these bytes, by which an unchanged file is recognised.';
comment on column ops.source_files.etag is 'ETag the archive gave it.';
comment on column ops.source_files.settled is 'Ranges of the content, in bytes of unpacked UTF-8, whose items are in bronze or in the dead letters.';
comment on column ops.source_files.bytes_read is 'End of the last such range.';
comment on column ops.source_files.fingerprint is 'SHA-256 of the content up to bytes_read: a file that begins with the same is read on, any other is read anew.';
comment on column ops.source_files.items_read is 'Items of the present content that are settled.';
comment on column ops.source_files.items_refused is 'Items of the present content that are in the dead letters.';
comment on column ops.source_files.was_read_whole is 'Whether the present content could be read to its end, every byte of it. Single items may have been refused all the same.';
comment on column ops.source_files.fetched is 'Items read over all attempts and contents; always inserted + duplicates + dead_lettered.';
comment on column ops.source_files.inserted is 'Items new to bronze.';
comment on column ops.source_files.duplicates is 'Items bronze already had, or that came twice.';
comment on column ops.source_files.dead_lettered is 'Items refused and kept in bronze.dead_letter_queue.';
comment on column ops.source_files.attempts is 'How often it was begun. Who began it last holds it: an earlier run that still goes on stores nothing more.';
comment on column ops.source_files.started_at is 'When the last attempt began.';
comment on column ops.source_files.updated_at is 'When this row last changed.';
comment on column ops.source_files.finished_at is 'When it was last read to its end; NULL before.';
comment on column ops.source_files.next_retry_at is 'When an hour that was missing, empty or could not be fetched is to be tried again; NULL when it need not be.';
comment on column ops.source_files.error is 'What was wrong with it; NULL when nothing was.';
