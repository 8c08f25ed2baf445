-- One row per fact, with its dimensions spelled out: the view to begin with.
create or replace view gold.v_events as
select
    fact.event_id,
    fact.event_type,
    type.event_category,
    fact.event_time,
    date.date_day,
    fact.event_hour,
    fact.actor_id,
    coalesce(fact.actor_login, actor.actor_login) as actor_login,
    case when fact.actor_login is null then actor.is_bot else fact.actor_login like '%[bot]' end as is_bot,
    fact.repo_id,
    coalesce(fact.repo_name, repo.repo_name) as repo_name,
    repo.org_login
from gold.fact_events as fact
join gold.dim_event_types as type on type.event_type = fact.event_type
join gold.dim_date as date on date.date_id = fact.date_id
join gold.dim_actors as actor on actor.actor_id = fact.actor_id
join gold.dim_repos as repo on repo.repo_id = fact.repo_id;

comment on view gold.v_events is 'One row per event with a readable time, with the names of everything it points to.';
comment on column gold.v_events.event_id is 'GitHub''s id of the event, as text. Unique only together with event_type and event_time.';
comment on column gold.v_events.event_type is 'GitHub''s type, such as PushEvent.';
comment on column gold.v_events.event_category is 'Category of the type; NULL until somebody has classified it.';
comment on column gold.v_events.event_time is 'When it happened, by GitHub''s clock.';
comment on column gold.v_events.date_day is 'UTC day of the event.';
comment on column gold.v_events.event_hour is 'UTC hour of the event, 0 to 23.';
comment on column gold.v_events.actor_id is 'Who did it; −1 when no id is known.';
comment on column gold.v_events.actor_login is 'Latest known login; the login as sent where no id is known; unknownuser when there was none.';
comment on column gold.v_events.is_bot is 'Whether the login ends in [bot]; NULL when there is none.';
comment on column gold.v_events.repo_id is 'Where it happened; −1 when no id is known.';
comment on column gold.v_events.repo_name is 'Latest known name; the name as sent where no id is known; unknownrepo when there was none.';
comment on column gold.v_events.org_login is 'Organisation of the repository; NULL when it belongs to a person or none is known.';
