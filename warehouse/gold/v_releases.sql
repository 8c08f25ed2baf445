-- One row per release event.
--
-- The tag is in silver only; it is NULL once silver has dropped the month.
create or replace view gold.v_releases as
select
    events.event_time as released_at,
    events.date_day,
    events.repo_id,
    events.repo_name,
    events.org_login,
    sent.release_tag,
    events.actor_id,
    events.actor_login,
    events.is_bot,
    events.event_id
from gold.v_events as events
left join silver.events as sent
    on sent.event_id = events.event_id
    and sent.event_type = events.event_type
    and sent.event_time = events.event_time
where events.event_type = 'ReleaseEvent';
comment on view gold.v_releases is 'Releases, with tag and who published them. One row per release event.';
comment on column gold.v_releases.released_at is 'When it was released, by GitHub''s clock.';
comment on column gold.v_releases.date_day is 'UTC day of it.';
comment on column gold.v_releases.repo_id is 'GitHub''s id of the repository; −1 when no id is known.';
comment on column gold.v_releases.repo_name is 'Latest known name; the name as sent where no id is known.';
comment on column gold.v_releases.org_login is 'Organisation of the repository; NULL when it belongs to a person or none is known.';
comment on column gold.v_releases.release_tag is 'Tag of the release; NULL when GitHub did not send it or silver no longer keeps the month.';
comment on column gold.v_releases.actor_id is 'Who released; −1 when no id is known.';
comment on column gold.v_releases.actor_login is 'Latest known login of who released.';
comment on column gold.v_releases.is_bot is 'Whether that login ends in [bot]; NULL when there is none.';
comment on column gold.v_releases.event_id is 'GitHub''s id of the event, as text.';
