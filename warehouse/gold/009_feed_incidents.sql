-- One row per known incident of the feed or its archives.
create table gold.dim_feed_incident (
    incident_id text primary key,
    started_at timestamptz not null,
    ended_at timestamptz,
    end_known text not null check (end_known in ('known', 'ongoing', 'unknown', 'moment')),
    scope text not null check (scope in ('archive', 'api', 'both')),
    what text not null,
    source text not null,
    constraint dim_feed_incident_end_is_told check ((ended_at is not null) = (end_known = 'known')),
    constraint dim_feed_incident_ends_after_start check (ended_at > started_at)
);

comment on table gold.dim_feed_incident is 'One row per known incident of the feed or its archives, each with its source. Times are as precise as the source: a day stands for the whole day, a month for the whole month.';
comment on column gold.dim_feed_incident.incident_id is 'Date and a few words, such as 2025-10-09-volume-drop.';
comment on column gold.dim_feed_incident.started_at is 'First moment of it.';
comment on column gold.dim_feed_incident.ended_at is 'First moment after it; NULL when there is none to state (end_known says why).';
comment on column gold.dim_feed_incident.end_known is 'known, ongoing, unknown (it ended, nobody wrote when), or moment (something changed at started_at).';
comment on column gold.dim_feed_incident.scope is 'archive, api or both.';
comment on column gold.dim_feed_incident.what is 'What happened.';
comment on column gold.dim_feed_incident.source is 'Where it can be read.';
