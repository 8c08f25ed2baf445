-- A star schema for SQL and BI.
create schema if not exists gold;
comment on schema gold is 'Star schema of GitHub events: one fact table, four dimensions. All times and days are UTC.';

-- One row per UTC day.
create table gold.dim_date (
    date_id integer primary key,
    date_day date not null unique,
    year smallint not null,
    quarter smallint not null,
    month smallint not null,
    month_name text not null,
    day_of_month smallint not null,
    day_of_week smallint not null,
    day_name text not null,
    iso_week smallint not null,
    is_weekend boolean not null
);
comment on table gold.dim_date is 'One row per UTC day: 2010 to 2028, and any other day an event needs.';
comment on column gold.dim_date.date_id is 'The day as YYYYMMDD.';
comment on column gold.dim_date.date_day is 'The day.';
comment on column gold.dim_date.year is 'Calendar year.';
comment on column gold.dim_date.quarter is 'Quarter, 1 to 4.';
comment on column gold.dim_date.month is 'Month, 1 to 12.';
comment on column gold.dim_date.month_name is 'English name of the month.';
comment on column gold.dim_date.day_of_month is 'Day of the month, from 1.';
comment on column gold.dim_date.day_of_week is 'ISO day of the week: 1 is Monday, 7 is Sunday.';
comment on column gold.dim_date.day_name is 'English name of the day.';
comment on column gold.dim_date.iso_week is 'ISO week of the year.';
comment on column gold.dim_date.is_weekend is 'Saturday or Sunday.';

-- One row per account.
create table gold.dim_actors (
    actor_id bigint primary key,
    actor_login text not null,
    is_bot boolean,
    last_event_time timestamptz,
    updated_at timestamptz not null default now()
);
comment on table gold.dim_actors is 'One row per account that did something, with its latest known login (SCD type 1). −1 stands for nobody known.';
comment on column gold.dim_actors.actor_id is 'GitHub''s id of the account; −1 when GitHub sent none.';
comment on column gold.dim_actors.actor_login is 'Latest known login.';
comment on column gold.dim_actors.is_bot is 'Whether the login ends in [bot]; NULL when unknown.';
comment on column gold.dim_actors.last_event_time is 'Time of the latest event that named a login; NULL when none did.';
comment on column gold.dim_actors.updated_at is 'When this row last changed.';

-- One row per repository.
create table gold.dim_repos (
    repo_id bigint primary key,
    repo_name text not null,
    repo_owner text,
    repo_project text,
    org_login text,
    last_event_time timestamptz,
    updated_at timestamptz not null default now()
);
comment on table gold.dim_repos is 'One row per repository, with its latest known name (SCD type 1). −1 stands for none known.';
comment on column gold.dim_repos.repo_id is 'GitHub''s id of the repository, which survives renames; −1 when GitHub sent none.';
comment on column gold.dim_repos.repo_name is 'Latest known name, owner/project.';
comment on column gold.dim_repos.repo_owner is 'The part of repo_name before the slash; NULL when there is none.';
comment on column gold.dim_repos.repo_project is 'The part of repo_name after the slash; NULL when there is none.';
comment on column gold.dim_repos.org_login is 'Organisation the event named; NULL when the repository belongs to a person.';
comment on column gold.dim_repos.last_event_time is 'Time of the latest event that named the repository; NULL when none did.';
comment on column gold.dim_repos.updated_at is 'When this row last changed.';

-- One row per event type.
create table gold.dim_event_types (
    event_type text primary key,
    event_category text,
    is_core_metric boolean not null default false,
    is_curated boolean not null default false,
    discovered_at timestamptz not null default now()
);
comment on table gold.dim_event_types is 'One row per event type. Types GitHub documents are curated; others are added as they come, uncurated.';
comment on column gold.dim_event_types.event_type is 'GitHub''s type, such as PushEvent.';
comment on column gold.dim_event_types.event_category is 'code, collaboration, community, release or administration; NULL until curated.';
comment on column gold.dim_event_types.is_core_metric is 'Whether the type counts in the usual activity metrics.';
comment on column gold.dim_event_types.is_curated is 'Whether a person has classified the type.';
comment on column gold.dim_event_types.discovered_at is 'When the warehouse first knew of the type.';

-- One row per event.
create table gold.fact_events (
    event_id text not null,
    date_id integer not null references gold.dim_date,
    actor_id bigint not null references gold.dim_actors,
    repo_id bigint not null references gold.dim_repos,
    event_type text not null references gold.dim_event_types,
    event_time timestamptz not null,
    event_hour smallint not null,
    silver_processed_at timestamptz not null,
    actor_login text,
    repo_name text,
    primary key (event_id, event_type, event_time)
);
create index fact_events_date_id on gold.fact_events (date_id);
create index fact_events_repo_id on gold.fact_events (repo_id, event_time);
create index fact_events_actor_id on gold.fact_events (actor_id, event_time);
comment on table gold.fact_events is 'One row per event with a readable time. Rows never change.';
comment on column gold.fact_events.event_id is 'GitHub''s id of the event, as text. Unique only together with event_type and event_time.';
comment on column gold.fact_events.date_id is 'UTC day of the event.';
comment on column gold.fact_events.actor_id is 'Who did it; −1 when unknown.';
comment on column gold.fact_events.repo_id is 'Where it happened; −1 when unknown.';
comment on column gold.fact_events.event_type is 'GitHub''s type, such as PushEvent.';
comment on column gold.fact_events.event_time is 'When it happened, by GitHub''s clock.';
comment on column gold.fact_events.event_hour is 'UTC hour of the event, 0 to 23.';
comment on column gold.fact_events.silver_processed_at is 'processed_at of the silver row.';
comment on column gold.fact_events.actor_login is 'Login as it was sent, where no id was sent with it (actor_id −1); NULL otherwise: the name is in dim_actors.';
comment on column gold.fact_events.repo_name is 'Name as it was sent, where no id was sent with it (repo_id −1); NULL otherwise: the name is in dim_repos.';

alter table gold.fact_events set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02, autovacuum_freeze_min_age = 1000000);
