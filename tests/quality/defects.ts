/** One way to spoil a healthy warehouse, and the checks that have to tell. */
export interface Defect {
  what: string;
  sql: string;
  expected: string[];
}

/** An event in all layers at once. Fields are SQL. */
function event(fields: Record<string, string> = {}, id = 'planted'): string {
  const given = {
    type: `'WatchEvent'`,
    time: `now() - interval '5 minutes'`,
    actor_id: `'101'`,
    login: `'user-1'`,
    repo_id: `'501'`,
    repo: `'user-1/project'`,
    opened: 'null',
    closed: 'null',
    before: 'null',
    head: 'null',
    ...fields,
  };
  const one = `(select '${id}'::text as event_id, ${given.type}::text as event_type, ${given.time} as event_time,
    ${given.actor_id}::text as actor_id, ${given.login}::text as login, ${given.repo_id}::text as repo_id, ${given.repo}::text as repo_name) as one`;
  return `
    insert into bronze.raw_events (event_id, event_type, created_at, source, payload)
    select event_id, event_type, event_time, 'api:users/planted', jsonb_build_object(
      'actor', jsonb_build_object('id', actor_id::numeric, 'login', login, 'display_login', login), 'repo', jsonb_build_object('id', repo_id::numeric, 'name', repo_name))
    from ${one};
    insert into silver.events (event_id, event_type, event_time, ingested_at, source, actor_id, actor_login, is_bot, repo_id, repo_name, is_public, opened_at, closed_at, before_sha, head_sha)
    select event_id, event_type, event_time, now(), 'api:users/planted', actor_id, login, login like '%[bot]', repo_id, repo_name, true, ${given.opened}, ${given.closed}, ${given.before}, ${given.head}
    from ${one};
    insert into gold.dim_event_types (event_type) select ${given.type} on conflict do nothing;
    select gold.add_dates((event_time at time zone 'UTC')::date, (event_time at time zone 'UTC')::date) from ${one};
    insert into gold.fact_events (event_id, event_type, event_time, date_id, event_hour, actor_id, repo_id, silver_processed_at)
    select event_id, event_type, event_time, date_id, event_hour, actor_id, repo_id, processed_at from silver.v_events where event_id = '${id}';
    create temporary table new_events on commit drop as select * from silver.v_events where event_id = '${id}';
    select gold.load_marts();
    drop table new_events;
    update gold.dim_actors set last_event_time = now() + interval '1 day' where actor_id = 101;
    update gold.dim_repos set last_event_time = now() + interval '1 day' where repo_id = 501;
    update gold.dim_actors_history set valid_from = least(valid_from, event_time) from ${one} where dim_actors_history.actor_id = 101;
    update gold.dim_repos_history set valid_from = least(valid_from, event_time) from ${one} where dim_repos_history.repo_id = 501;`;
}

const unenforced = (sql: string) =>
  `set local session_replication_role = replica; ${sql}; set local session_replication_role = origin;`;
const somePush = `select event_id from silver.events where event_type = 'PushEvent' order by event_id limit 1`;

export const DEFECTS: Defect[] = [
  {
    what: 'a column may be NULL',
    sql: 'alter table silver.events alter column ingested_at drop not null',
    expected: ['tables_have_their_columns'],
  },
  {
    what: 'a key is gone',
    sql: 'alter table silver.events drop constraint events_key',
    expected: ['tables_have_their_keys'],
  },
  {
    what: 'a foreign key is gone',
    sql: 'alter table gold.fact_events drop constraint fact_events_actor_id_fkey',
    expected: ['foreign_keys_are_enforced'],
  },
  {
    what: 'bronze has an event twice',
    sql: `alter table bronze.raw_events drop constraint raw_events_key; insert into bronze.raw_events select * from bronze.raw_events where event_id = '1001'`,
    expected: ['bronze_events_are_unique', 'file_events_are_in_bronze', 'tables_have_their_keys'],
  },
  {
    what: 'silver has an event twice',
    sql: `alter table silver.events drop constraint events_key; insert into silver.events select * from silver.events where event_id = '1001'`,
    expected: ['silver_events_are_unique', 'tables_have_their_keys'],
  },
  {
    what: 'gold has an event twice',
    sql: `alter table gold.fact_events drop constraint fact_events_pkey; insert into gold.fact_events select * from gold.fact_events where event_id = '1001'`,
    expected: ['fact_events_are_unique', 'marts_agree_with_facts', 'tables_have_their_keys'],
  },
  {
    what: 'an account is gone',
    sql: unenforced('delete from gold.dim_actors where actor_id = 103'),
    expected: ['fact_events_have_known_actors', 'names_end_with_the_latest'],
  },
  {
    what: 'a repository is gone',
    sql: unenforced('delete from gold.dim_repos where repo_id = 503'),
    expected: ['fact_events_have_known_repositories', 'names_end_with_the_latest'],
  },
  {
    what: 'a type is gone',
    sql: unenforced(`delete from gold.dim_event_types where event_type = 'WatchEvent'`),
    expected: ['fact_events_have_known_types'],
  },
  {
    what: 'a day is gone',
    sql: unenforced(
      'delete from gold.dim_date where date_id in (select max(date_id) from gold.fact_events)',
    ),
    expected: ['fact_events_have_known_days'],
  },
  {
    what: 'a sentinel is gone',
    sql: 'delete from gold.dim_repos where repo_id = -1',
    expected: ['dimensions_have_their_sentinels'],
  },
  {
    what: 'an event from the future',
    sql: event({ time: `now() + interval '300 days'` }),
    expected: ['event_times_are_in_range'],
  },
  {
    what: 'an event from before GitHub',
    sql: event({ time: `timestamptz '1970-01-01 00:00Z'` }),
    expected: ['event_times_are_in_range'],
  },
  {
    what: 'a repository without an owner',
    sql: event({ repo_id: 'null', repo: `'project'` }),
    expected: ['repository_names_are_owner_and_project'],
  },
  {
    what: 'a login that cannot be',
    sql: event({ actor_id: 'null', login: `'two words'` }),
    expected: ['logins_are_well_formed'],
  },
  {
    what: 'a negative id',
    sql: event({ actor_id: `'-5'`, login: `'user-5'` }),
    expected: ['ids_are_positive_numbers'],
  },
  {
    what: 'an id of twenty digits',
    sql: event({ repo_id: `'99999999999999999999'` }),
    expected: ['ids_are_positive_numbers'],
  },
  {
    what: 'a type nobody knows',
    sql: event({ type: `'HologramEvent'` }),
    expected: ['event_types_are_classified'],
  },
  {
    what: 'an issue closed before it was opened',
    sql: event({ opened: `now()`, closed: `now() - interval '1 hour'` }),
    expected: ['subjects_close_after_they_open'],
  },
  {
    what: 'a push under two ids',
    sql: ['p1', 'p2']
      .map((id) => event({ type: `'PushEvent'`, before: `'x'`, head: `'y'` }, id))
      .join(''),
    expected: ['pushes_appear_once'],
  },
  {
    what: 'logins are missing',
    sql: `update silver.events set actor_login = null where event_id::bigint % 20 = 3`,
    expected: ['critical_columns_are_filled'],
  },
  {
    what: 'a column has emptied',
    sql: 'update silver.events set is_public = null',
    expected: ['columns_keep_their_share_of_nulls'],
  },
  {
    what: 'a third of a feed is refused',
    sql: `insert into bronze.dead_letter_queue (source, raw, error_code, error_message) values ('api:public', 'x', '22P02', 'no JSON');
      insert into ops.polls (poll_id, walk_id, feed, page, polled_at, duration_ms, outcome, fetched, duplicates, dead_lettered) values (gen_random_uuid(), gen_random_uuid(), 'public', 1, now(), 5, 'events', 300, 200, 100)`,
    expected: ['dead_letters_are_rare'],
  },
  {
    what: 'a feed is silent',
    sql: `update ops.polls set polled_at = now() - interval '3 hours'`,
    expected: ['feeds_are_polled'],
  },
  {
    what: 'bronze rows wait for days',
    sql: `update ops.pipeline_watermarks set watermark = now() - interval '4 days' where pipeline = 'silver';
      insert into bronze.raw_events (event_id, event_type, created_at, ingested_at, source, payload) values ('waits', 'WatchEvent', now() - interval '3 days', now() - interval '3 days', 'file:waits', '{}')`,
    expected: ['bronze_reaches_silver_in_time'],
  },
  {
    what: 'silver rows wait for days',
    sql: `${event({ time: `now() - interval '3 days'` })} delete from gold.fact_events where event_id = 'planted';
      update silver.events set processed_at = now() - interval '3 days' where event_id = 'planted';
      update ops.pipeline_watermarks set watermark = now() - interval '4 days' where pipeline = 'gold'`,
    expected: ['silver_reaches_gold_in_time'],
  },
  {
    what: 'events arrive hours late',
    sql: `update bronze.raw_events set ingested_at = ingested_at + interval '3 hours' where source = 'api:public';
      update silver.events set ingested_at = ingested_at + interval '3 hours' where source = 'api:public';
      update ops.polls set recorded_at = recorded_at + interval '3 hours'`,
    expected: ['live_events_arrive_in_time'],
  },
  {
    what: 'the last run failed',
    sql: `insert into ops.pipeline_runs (pipeline, status, started_at) values ('coverage', 'failed', now() + interval '1 second')`,
    expected: ['pipelines_succeed'],
  },
  {
    what: 'a poll does not add up',
    sql: 'alter table ops.polls drop constraint polls_conserve_rows; update ops.polls set fetched = fetched + 1',
    expected: ['polls_conserve_items'],
  },
  {
    what: 'a file does not add up',
    sql: 'alter table ops.source_files drop constraint source_files_conserve_rows; update ops.source_files set fetched = fetched + 1',
    expected: ['files_conserve_items'],
  },
  {
    what: 'a poll claims fewer new events',
    sql: 'update ops.polls set inserted = inserted - 1, duplicates = duplicates + 1',
    expected: ['polled_events_are_in_bronze'],
  },
  {
    what: 'a dead letter is gone',
    sql: `insert into ops.polls (poll_id, walk_id, feed, page, polled_at, duration_ms, outcome, fetched, dead_lettered) values (gen_random_uuid(), gen_random_uuid(), 'public', 1, now(), 5, 'events', 1, 1)`,
    expected: ['polled_dead_letters_are_kept'],
  },
  {
    what: 'a file claims fewer new events',
    sql: 'update ops.source_files set inserted = inserted - 1, duplicates = duplicates + 1',
    expected: ['file_events_are_in_bronze'],
  },
  {
    what: 'silver lost an event',
    sql: `delete from gold.fact_events where event_id in (${somePush}); delete from silver.events where event_id in (${somePush})`,
    expected: ['bronze_events_are_in_silver', 'marts_agree_with_facts'],
  },
  {
    what: 'silver made an event up',
    sql: `${event()} delete from bronze.raw_events where event_id = 'planted'`,
    expected: ['silver_events_come_from_bronze'],
  },
  {
    what: 'gold lost a fact',
    sql: `delete from gold.fact_events where event_id in (${somePush})`,
    expected: ['marts_agree_with_facts', 'silver_events_are_facts'],
  },
  {
    what: 'gold made a fact up',
    sql: `${event()} delete from bronze.raw_events where event_id = 'planted'; delete from silver.events where event_id = 'planted'`,
    expected: ['fact_events_come_from_silver'],
  },
  {
    what: 'silver says otherwise than bronze',
    sql: `update silver.events set source = 'file:other' where event_id = '1001'`,
    expected: ['silver_agrees_with_bronze'],
  },
  {
    what: 'a fact is at the wrong account',
    sql: `update gold.fact_events set actor_id = 107 where event_id = '1001'`,
    expected: ['facts_agree_with_silver', 'marts_agree_with_facts'],
  },
  {
    what: 'a fact is on the wrong day',
    sql: `update gold.fact_events set date_id = 20200101 where event_id = '1001'`,
    expected: ['fact_days_and_hours_are_those_of_the_event', 'marts_agree_with_facts'],
  },
  {
    what: 'an old login came back',
    sql: `update gold.dim_actors set actor_login = 'old-name', last_event_time = '2020-01-01 00:00Z' where actor_id = 101`,
    expected: ['accounts_have_their_latest_login', 'names_end_with_the_latest'],
  },
  {
    what: 'an old name came back',
    sql: `update gold.dim_repos set repo_name = 'old/name', repo_owner = 'old', repo_project = 'name', last_event_time = '2020-01-01 00:00Z' where repo_id = 501`,
    expected: ['names_end_with_the_latest', 'repositories_have_their_latest_name'],
  },
  {
    what: 'a repository had two names at once',
    sql: `insert into gold.dim_repos_history (repo_id, valid_from, valid_to, repo_name)
      select repo_id, valid_from + interval '1 microsecond', valid_from + interval '2 microseconds', 'old/name' from gold.dim_repos_history where repo_id = 501`,
    expected: ['names_follow_each_other'],
  },
  {
    what: 'an account had no name for an hour',
    sql: `insert into gold.dim_actors_history (actor_id, valid_from, valid_to, actor_login)
      select actor_id, valid_from - interval '2 hours', valid_from - interval '1 hour', 'old-name' from gold.dim_actors_history where actor_id = 101`,
    expected: ['names_follow_each_other'],
  },
  {
    what: 'an account has no history',
    sql: `delete from gold.dim_actors_history where actor_id = 102`,
    expected: ['events_have_the_name_of_their_time', 'names_end_with_the_latest'],
  },
  {
    what: 'a past name is not that of its events',
    sql: `update gold.dim_repos_history set valid_from = (select max(event_time) from gold.fact_events where repo_id = 501) where repo_id = 501;
      insert into gold.dim_repos_history (repo_id, valid_from, valid_to, repo_name)
      select repo_id, valid_from - interval '2 days', valid_from, 'old/name' from gold.dim_repos_history where repo_id = 501`,
    expected: ['events_have_the_name_of_their_time'],
  },
  {
    what: 'a person is marked as a bot',
    sql: 'update gold.dim_actors set is_bot = true where actor_id = 101',
    expected: ['bots_are_marked'],
  },
  {
    what: 'an owner is wrong',
    sql: `update gold.dim_repos set repo_owner = 'somebody' where repo_id = 501`,
    expected: ['repository_names_are_split'],
  },
  {
    what: 'completeness counts too many',
    sql: `update gold.feed_coverage set captured_count = captured_count + 1 where (hour, event_type) = (select max(hour), 'PushEvent' from gold.feed_coverage)`,
    expected: ['coverage_counts_what_bronze_has'],
  },
  {
    what: 'the marts have counted an event twice',
    sql: `update gold.mart_activity set event_count = event_count + 1 where (date_id, repo_id) = (select max(date_id), 501 from gold.mart_activity where repo_id = 501)`,
    expected: ['marts_agree_with_facts'],
  },
  {
    what: 'an hour is missing from the marts',
    sql: 'delete from gold.mart_event_counts where hour = (select max(hour) from gold.mart_event_counts)',
    expected: ['marts_agree_with_facts'],
  },
  {
    what: 'an hour is silent',
    sql: `update gold.feed_coverage set captured_count = captured_count * 8
      where extract(hour from hour at time zone 'UTC') = extract(hour from least(date_trunc('day', now() at time zone 'UTC') - interval '1 hour', date_trunc('hour', now() at time zone 'UTC') - interval '3 hours')) and computed_at < now() - interval '1 day'`,
    expected: ['hourly_volume_is_usual'],
  },
  {
    what: 'one account makes half of a day',
    sql: `update bronze.raw_events set payload = jsonb_set(payload, '{actor}', '{"id": 101, "login": "user-1", "display_login": "user-1"}') where event_id::bigint % 2 = 0;
      update silver.events set actor_id = '101', actor_login = 'user-1' where event_id::bigint % 2 = 0;
      update gold.fact_events set actor_id = 101 where event_id::bigint % 2 = 0;
      select gold.rebuild_marts(month) from (select distinct date_trunc('month', event_time at time zone 'UTC')::date as month from gold.fact_events) as months;
      update gold.dim_actors set last_event_time = now() + interval '1 day' where actor_id <> -1;
      update gold.dim_actors_history set valid_from = '2020-01-01 00:00Z' where actor_id = 101`,
    expected: ['no_account_floods_the_feed'],
  },
  {
    what: 'yesterday was unlike the days before',
    sql: `update gold.feed_coverage set captured_count = captured_count * 9, event_type = 'ForkEvent'
      where event_type = 'WatchEvent' and hour < now() - interval '3 days' and hour > now() - interval '7 days'`,
    expected: ['type_mix_is_stable'],
  },
  {
    what: 'bots have gone',
    sql: `update ops.column_profiles set mean_value = 0.9 where column_name = 'is_bot' and table_name = 'silver.events'`,
    expected: ['bot_share_is_stable'],
  },
  {
    what: 'pushes have got a new field',
    sql: `insert into bronze.raw_events (event_id, event_type, created_at, source, payload)
      select 'n' || number, 'PushEvent', now(), 'api:users/planted', jsonb_set(example.payload, '{payload,mood}', '"good"')
      from generate_series(1, 5) as number cross join (select payload from bronze.raw_events where event_type = 'PushEvent' limit 1) as example`,
    expected: ['payload_fields_have_not_changed'],
  },
];
