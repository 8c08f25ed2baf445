-- The names that repositories and accounts have had, and from when to when (SCD type 2). How they are kept: load_history.sql.
--
-- No foreign keys to the dimensions: checking them for each new id costs as much as writing the rows. The load writes only
-- ids that the same transaction has brought to the dimension, and quality checks compare the two.

-- One row per repository and span of time in which it had one name.
create table gold.dim_repos_history (
    repo_id bigint not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    is_current boolean not null generated always as (valid_to is null) stored,
    repo_name text not null,
    repo_owner text generated always as (nullif(substring(repo_name from '^([^/]*)/'), '')) stored,
    repo_project text generated always as (nullif(substring(repo_name from '/(.*)$'), '')) stored,
    org_login text,
    updated_at timestamptz not null default now(),
    primary key (repo_id, valid_from),
    constraint dim_repos_history_ends_after_it_begins check (valid_from < valid_to)
);
comment on table gold.dim_repos_history is 'One row per repository and span of time in which it had one name (SCD type 2): renames, transfers, names that others had before. −1, which stands for none known, has none.';
comment on column gold.dim_repos_history.repo_id is 'GitHub''s id of the repository, which survives renames.';
comment on column gold.dim_repos_history.valid_from is 'Time of the first event that named it so; the change itself came between this event and the one before.';
comment on column gold.dim_repos_history.valid_to is 'Time of the first event that named it otherwise: valid_from of the next row. NULL for the present name.';
comment on column gold.dim_repos_history.is_current is 'Whether this is the latest known name, that of gold.dim_repos.';
comment on column gold.dim_repos_history.repo_name is 'Its name then, owner/project.';
comment on column gold.dim_repos_history.repo_owner is 'The part of repo_name before the slash; NULL when there is none.';
comment on column gold.dim_repos_history.repo_project is 'The part of repo_name after the slash; NULL when there is none.';
comment on column gold.dim_repos_history.org_login is 'Organisation that events named then; NULL when it belonged to a person.';
comment on column gold.dim_repos_history.updated_at is 'When this row last changed.';

-- One row per account and span of time in which it had one login.
create table gold.dim_actors_history (
    actor_id bigint not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    is_current boolean not null generated always as (valid_to is null) stored,
    actor_login text not null,
    updated_at timestamptz not null default now(),
    primary key (actor_id, valid_from),
    constraint dim_actors_history_ends_after_it_begins check (valid_from < valid_to)
);
comment on table gold.dim_actors_history is 'One row per account and span of time in which it had one login (SCD type 2). −1, which stands for nobody known, has none.';
comment on column gold.dim_actors_history.actor_id is 'GitHub''s id of the account, which survives renames.';
comment on column gold.dim_actors_history.valid_from is 'Time of the first event that named it so; the change itself came between this event and the one before.';
comment on column gold.dim_actors_history.valid_to is 'Time of the first event that named it otherwise: valid_from of the next row. NULL for the present login.';
comment on column gold.dim_actors_history.is_current is 'Whether this is the latest known login, that of gold.dim_actors.';
comment on column gold.dim_actors_history.actor_login is 'Its login then.';
comment on column gold.dim_actors_history.updated_at is 'When this row last changed.';

comment on column ops.pipeline_watermarks.pipeline is 'silver (reads bronze by ingested_at), gold (reads silver by processed_at), history (names in gold, as gold), coverage (reads bronze and its sightings) or feed-gaps (reads polls by recorded_at).';
