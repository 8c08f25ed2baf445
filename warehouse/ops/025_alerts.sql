-- One row per thing that is or was wrong: a condition of warehouse/alerts/ and the subject it names.
create table ops.alerts (
    condition text not null,
    subject text not null,
    severity text not null check (severity in ('fail', 'warn')),
    detail text not null,
    since timestamptz not null,
    is_news boolean not null default false,
    opened_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    seen_count bigint not null default 1,
    recovered_at timestamptz,
    last_recovered_at timestamptz,
    primary key (condition, subject)
);

comment on table ops.alerts is 'One row per alert: a condition and its subject that were found wrong at least once. Kept across restarts, so that nothing is told twice or forgotten.';
comment on column ops.alerts.condition is 'File of warehouse/alerts/ without .sql, such as gold_is_stale.';
comment on column ops.alerts.subject is 'What it is about: a pipeline, a feed, a check.';
comment on column ops.alerts.severity is 'fail (data are wrong, missing or late) or warn (somebody should look), as it was seen last.';
comment on column ops.alerts.detail is 'What is wrong and what to do, in a sentence or two, as it was seen last.';
comment on column ops.alerts.since is 'Since when it is wrong, as far as the condition can tell.';
comment on column ops.alerts.is_news is 'Whether it is something that happened rather than something that lasts: told once, neither repeated nor over.';
comment on column ops.alerts.opened_at is 'When a check first saw it, this time.';
comment on column ops.alerts.last_seen_at is 'When a check last saw it.';
comment on column ops.alerts.seen_count is 'How many checks have seen it, this time.';
comment on column ops.alerts.recovered_at is 'When a check first saw it gone; NULL while it stands.';
comment on column ops.alerts.last_recovered_at is 'When it was gone the time before; NULL the first time.';

-- One row per alert and channel: what the channel was told last.
create table ops.alert_notices (
    condition text not null,
    subject text not null,
    channel text not null,
    told text not null check (told in ('standing', 'recovered')),
    severity text not null check (severity in ('fail', 'warn')),
    told_at timestamptz not null default now(),
    primary key (condition, subject, channel),
    foreign key (condition, subject) references ops.alerts on delete cascade
);

comment on table ops.alert_notices is 'One row per alert and channel that was told of it. A channel that failed has none, or an old one, and is told at the next check.';
comment on column ops.alert_notices.condition is 'As in ops.alerts.';
comment on column ops.alert_notices.subject is 'As in ops.alerts.';
comment on column ops.alert_notices.channel is 'log, slack, webhook or email.';
comment on column ops.alert_notices.told is 'Whether the channel was told last that it stands or that it has recovered.';
comment on column ops.alert_notices.severity is 'The severity it was told.';
comment on column ops.alert_notices.told_at is 'When.';

-- What the conditions look up every few minutes, in tables that grow for years.
create index dead_letter_queue_open on bronze.dead_letter_queue (failed_at) where resolved_at is null;
create index polls_token_refused on ops.polls (recorded_at) where outcome = 'token-refused';
