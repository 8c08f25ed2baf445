-- The incidents that are known, each with its source. Run again, it brings the table to what stands here; rows that
-- others have added stay.
insert into gold.dim_feed_incident (incident_id, started_at, ended_at, end_known, scope, what, source)
values
    ('2015-01-05-missing-hours', '2015-01-05T00:00Z', '2015-01-07T00:00Z', 'known', 'archive', 'archive hours missing', 'gharchive.org issue 101'),
    ('2016-01-corrupt-hours', '2016-01-01T00:00Z', '2016-02-01T00:00Z', 'known', 'archive', 'archive hours with corrupt or truncated gzip', 'gharchive.org issue 225'),
    ('2016-08-corrupt-hours', '2016-08-01T00:00Z', '2016-09-01T00:00Z', 'known', 'archive', 'archive hours with corrupt or truncated gzip', 'gharchive.org issue 225'),
    ('2016-10-21-missing-hour', '2016-10-21T18:00Z', '2016-10-21T19:00Z', 'known', 'archive', 'archive hour missing', 'gharchive.org issue 164'),
    ('2018-10-21-missing-hours', '2018-10-21T23:00Z', '2018-10-22T02:00Z', 'known', 'archive', 'archive hours missing', 'gharchive.org issue 200'),
    ('2019-09-12-missing-hours', '2019-09-12T08:00Z', '2019-09-13T06:00Z', 'known', 'archive', 'archive hours missing', 'gharchive.org issue 222'),
    ('2020-08-21-missing-hours', '2020-08-21T00:00Z', '2020-08-24T00:00Z', 'known', 'archive', 'archive hours missing', 'gharchive.org issue 232'),
    ('2021-10-22-gap', '2021-10-22T05:00Z', null, 'unknown', 'archive', 'archive gap of several days', 'gharchive.org issues 260, 261'),
    ('2025-01-30-window', '2025-01-30T00:00Z', null, 'moment', 'api', 'events window 90 → 30 days; DiscussionEvent added', 'GitHub changelog'),
    ('2025-05-23-first-page-pushes', '2025-05-23T00:00Z', null, 'ongoing', 'both', 'first page of the public feed almost only pushes; archive volume drops', 'OSS Insight fetch_event.rb; gharchive.org issue 310'),
    ('2025-05-24-crawler-clock', '2025-05-24T00:00Z', null, 'ongoing', 'archive', 'an archive file''s hour is the crawler''s clock', 'gharchive.org commit f1f4200'),
    ('2025-10-07-payloads-trimmed', '2025-10-07T00:00Z', null, 'ongoing', 'both', 'payloads trimmed', 'github/docs push_properties.md; gharchive.org issue 312'),
    ('2025-10-08-ids-restarted', '2025-10-08T00:00Z', null, 'moment', 'both', 'event id sequence restarted', 'cncf/devstatscode gha2db.go'),
    ('2025-10-09-volume-drop', '2025-10-09T00:00Z', '2025-10-15T00:00Z', 'known', 'archive', 'archive volume down about 100×', 'gharchive.org issue 312')
on conflict (incident_id) do update
set started_at = excluded.started_at,
    ended_at = excluded.ended_at,
    end_known = excluded.end_known,
    scope = excluded.scope,
    what = excluded.what,
    source = excluded.source;

-- One row per UTC day of dim_date and incident that touches it. An incident whose end is not known touches the week
-- from its start; one that goes on, every day up to the last of dim_date; a moment, its day.
create or replace view gold.v_incidents_by_date as
select
    day.date_id,
    day.date_day,
    incident.incident_id,
    incident.scope,
    incident.what,
    incident.source,
    incident.started_at,
    incident.ended_at,
    incident.end_known
from gold.dim_feed_incident as incident
join gold.dim_date as day
    on day.date_day >= (incident.started_at at time zone 'UTC')::date
    and (day.date_day::timestamp at time zone 'UTC') < case incident.end_known
        when 'ongoing' then 'infinity'
        when 'unknown' then incident.started_at + interval '7 days'
        when 'moment' then incident.started_at + interval '1 second'
        else incident.ended_at
    end;
comment on view gold.v_incidents_by_date is 'One row per UTC day and known incident that touches it, to be joined to anything by date_id.';
comment on column gold.v_incidents_by_date.date_id is 'The day as YYYYMMDD.';
comment on column gold.v_incidents_by_date.date_day is 'UTC day.';
comment on column gold.v_incidents_by_date.incident_id is 'Number of the incident.';
comment on column gold.v_incidents_by_date.scope is 'archive, api or both.';
comment on column gold.v_incidents_by_date.what is 'What happened.';
comment on column gold.v_incidents_by_date.source is 'Where it was read.';
comment on column gold.v_incidents_by_date.started_at is 'When it began.';
comment on column gold.v_incidents_by_date.ended_at is 'When it ended; NULL when it goes on or nobody says.';
comment on column gold.v_incidents_by_date.end_known is 'What is known of the end: see gold.dim_feed_incident.';
