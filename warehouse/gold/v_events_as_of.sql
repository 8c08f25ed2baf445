-- One row per fact, as gold.v_events, with the names that were true when it happened.
create or replace view gold.v_events_as_of as
select
    fact.event_id,
    fact.event_type,
    type.event_category,
    fact.event_time,
    date.date_day,
    fact.event_hour,
    fact.actor_id,
    case when fact.actor_id = -1 then coalesce(fact.actor_login, 'unknownuser') else actor.actor_login end as actor_login,
    case when fact.actor_id = -1 then fact.actor_login else actor.actor_login end like '%[bot]' as is_bot,
    fact.repo_id,
    case when fact.repo_id = -1 then coalesce(fact.repo_name, 'unknownrepo') else repo.repo_name end as repo_name,
    repo.org_login
from gold.fact_events as fact
join gold.dim_event_types as type on type.event_type = fact.event_type
join gold.dim_date as date on date.date_id = fact.date_id
left join gold.dim_actors_history as actor
    on actor.actor_id = fact.actor_id
    and actor.valid_from <= fact.event_time
    and (actor.valid_to is null or actor.valid_to > fact.event_time)
left join gold.dim_repos_history as repo
    on repo.repo_id = fact.repo_id
    and repo.valid_from <= fact.event_time
    and (repo.valid_to is null or repo.valid_to > fact.event_time);

comment on view gold.v_events_as_of is 'One row per event with a readable time, with the names that accounts and repositories had when it happened. With the latest names: gold.v_events.';
comment on column gold.v_events_as_of.event_id is 'GitHub''s id of the event, as text. Unique only together with event_type and event_time.';
comment on column gold.v_events_as_of.event_type is 'GitHub''s type, such as PushEvent.';
comment on column gold.v_events_as_of.event_category is 'Category of the type; NULL until somebody has classified it.';
comment on column gold.v_events_as_of.event_time is 'When it happened, by GitHub''s clock.';
comment on column gold.v_events_as_of.date_day is 'UTC day of the event.';
comment on column gold.v_events_as_of.event_hour is 'UTC hour of the event, 0 to 23.';
comment on column gold.v_events_as_of.actor_id is 'Who did it; −1 when no id is known.';
comment on column gold.v_events_as_of.actor_login is 'Login at the time; the login as sent where no id is known; unknownuser when there was none. NULL when an account has no known login so early.';
comment on column gold.v_events_as_of.is_bot is 'Whether that login ends in [bot]; NULL when there is none.';
comment on column gold.v_events_as_of.repo_id is 'Where it happened; −1 when no id is known.';
comment on column gold.v_events_as_of.repo_name is 'Name at the time; the name as sent where no id is known; unknownrepo when there was none. NULL when a repository has no known name so early.';
comment on column gold.v_events_as_of.org_login is 'Organisation of the repository at the time; NULL when it belonged to a person or none is known.';
