// What each role must not do, tried as a user who has that role and nothing else.
import { beforeAll, describe, expect, test } from 'vitest';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { type Role, useRoles } from './support.ts';

const database = useRoles();

beforeAll(async () => {
  await store(database.pool, [makeEvent(), makeEvent({ id: '2', type: 'WatchEvent' }), 'no event']);
  await database.pool.query(`insert into ops.polls (poll_id, walk_id, feed, page, polled_at, duration_ms, outcome)
    values (gen_random_uuid(), gen_random_uuid(), 'public', 1, now(), 1, 'not-modified')`);
  await runTransform(database.connectionString);
});

const DENIED =
  /permission denied|must be owner|must have admin option|only roles? with|only superuser/i;

const TABLES = [
  'bronze.raw_events',
  'bronze.sightings',
  'bronze.dead_letter_queue',
  'silver.events',
  'gold.fact_events',
  'gold.dim_date',
  'gold.dim_actors',
  'gold.dim_repos',
  'gold.dim_actors_history',
  'gold.dim_repos_history',
  'gold.dim_event_types',
  'gold.dim_feed_incident',
  'gold.feed_coverage',
  'gold.mart_event_counts',
  'gold.mart_activity',
  'gold.mart_subjects',
  'ops.polls',
  'ops.pipeline_runs',
  'ops.pipeline_watermarks',
  'ops.source_files',
  'ops.feed_gaps',
  'ops.dropped_partitions',
  'ops.pending_marts',
  'ops.warehouse_origin',
  'ops.schema_files',
  'ops.quality_results',
  'ops.column_profiles',
  'ops.payload_fields',
  'ops.payload_field_months',
  'ops.payload_changes',
  'ops.alerts',
  'ops.alert_notices',
  'months.bronze_raw_events_other',
  'months.silver_events_other',
  'months.gold_fact_events_other',
];

/** Columns to assign to themselves, so that nothing but the right decides. */
const COLUMN: Record<string, string> = {
  'bronze.raw_events': 'source',
  'bronze.sightings': 'source',
  'bronze.dead_letter_queue': 'raw',
  'silver.events': 'title',
  'gold.fact_events': 'actor_login',
  'gold.dim_date': 'year',
  'gold.dim_actors': 'actor_login',
  'gold.dim_repos': 'repo_name',
  'gold.dim_actors_history': 'actor_login',
  'gold.dim_repos_history': 'repo_name',
  'gold.dim_event_types': 'event_category',
  'gold.dim_feed_incident': 'what',
  'gold.feed_coverage': 'reason',
  'gold.mart_event_counts': 'event_count',
  'gold.mart_activity': 'event_count',
  'gold.mart_subjects': 'opened_at',
  'ops.polls': 'error',
  'ops.pipeline_runs': 'error',
  'ops.pipeline_watermarks': 'watermark',
  'ops.source_files': 'error',
  'ops.feed_gaps': 'note',
  'ops.dropped_partitions': 'row_count',
  'ops.pending_marts': 'month',
  'ops.warehouse_origin': 'origin',
  'ops.schema_files': 'checksum',
  'ops.quality_results': 'message',
  'ops.column_profiles': 'profiled_at',
  'ops.payload_fields': 'updated_at',
  'ops.payload_field_months': 'seen_count',
  'ops.payload_changes': 'found_at',
  'ops.alerts': 'detail',
  'ops.alert_notices': 'told',
  'months.bronze_raw_events_other': 'source',
  'months.silver_events_other': 'title',
  'months.gold_fact_events_other': 'actor_login',
};

/** Everything a role may do to a table but read it; whatever is not here has to be refused. */
const MAY: Record<Role, Record<string, string>> = {
  reader: {},
  listener: {
    'bronze.raw_events': 'insert',
    'bronze.sightings': 'insert',
    'bronze.dead_letter_queue': 'insert',
    'ops.polls': 'insert',
    'ops.pipeline_runs': 'insert',
    'ops.warehouse_origin': 'insert',
    'ops.source_files': 'insert update',
    'ops.feed_gaps': 'update',
    'ops.alerts': 'insert update delete',
    'ops.alert_notices': 'insert update',
  },
  transformer: {
    'silver.events': 'insert',
    'gold.fact_events': 'insert',
    'gold.dim_date': 'insert',
    'gold.dim_event_types': 'insert',
    'gold.dim_actors': 'insert update',
    'gold.dim_repos': 'insert update',
    'gold.dim_actors_history': 'insert update delete',
    'gold.dim_repos_history': 'insert update delete',
    'gold.feed_coverage': 'insert update',
    'gold.mart_event_counts': 'insert update delete',
    'gold.mart_activity': 'insert update delete',
    'gold.mart_subjects': 'insert update delete',
    'ops.pending_marts': 'delete',
    'ops.pipeline_runs': 'insert update',
    'ops.pipeline_watermarks': 'insert update',
    'ops.feed_gaps': 'insert update delete',
    'ops.alerts': 'insert update delete',
    'ops.alert_notices': 'insert update',
    'ops.quality_results': 'insert delete',
    'ops.column_profiles': 'insert delete',
    'ops.payload_fields': 'insert update',
    'ops.payload_field_months': 'insert update',
    'ops.payload_changes': 'insert update',
  },
};
const HIDDEN: Record<Role, RegExp> = {
  reader: /^$/,
  transformer: /^$/,
  listener:
    /^(silver|gold|months)|ops\.(dropped_partitions|pending_marts|quality_results|column_profiles|payload_field)/,
};

describe.each(['reader', 'listener', 'transformer'] as const)('%s', (role) => {
  const refused = (...statements: string[]) =>
    expect(database.as(role, ...statements), statements.join('; ')).rejects.toThrow(DENIED);

  test('reads what its work needs, and no other table', async () => {
    for (const table of TABLES) {
      const statement = `select * from ${table} limit 1`;
      if (HIDDEN[role].test(table)) await refused(statement);
      else await expect(database.as(role, statement), statement).resolves.toBeDefined();
    }
  });

  test('changes no other table than its own, and those in no other way', async () => {
    let tried = 0;
    for (const table of TABLES) {
      const statements: Record<string, string> = {
        insert: `insert into ${table} (${COLUMN[table]}) select ${COLUMN[table]} from ${table} where false`,
        update: `update ${table} set ${COLUMN[table]} = ${COLUMN[table]} where false`,
        delete: `delete from ${table} where false`,
        truncate: `truncate ${table}`,
        lock: `begin; lock table ${table} in access exclusive mode`,
        drop: `drop table ${table} cascade`,
        alter: `alter table ${table} add column x integer`,
        rename: `alter table ${table} rename to x`,
        owner: `alter table ${table} owner to current_user`,
        trigger: `create trigger x before insert on ${table} execute function suppress_redundant_updates_trigger()`,
        policy: `alter table ${table} enable row level security`,
      };
      // Only warns that nothing was given; the last test but one looks.
      await database.as(role, `grant all on ${table} to public`).catch(() => {});
      const may = MAY[role][table]?.split(' ') ?? [];
      for (const [kind, statement] of Object.entries(statements)) {
        if (may.includes(kind) || (kind === 'lock' && may.some((right) => right !== 'insert')))
          continue;
        await refused(statement);
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(TABLES.length * 9);
  });

  test('makes nothing of its own where others look, and is nobody else', async () => {
    for (const schema of ['ops', 'bronze', 'silver', 'gold', 'months', 'public', 'pg_catalog']) {
      await refused(`create table ${schema}.x (a integer)`);
      await refused(`create function ${schema}.x() returns integer language sql as 'select 1'`);
      await refused(`create view ${schema}.x as select 1`);
    }
    await refused('create schema x');
    await refused('create extension file_fdw');
    for (const other of [
      'assay_owner',
      'pg_read_all_stats',
      'pg_read_all_data',
      'pg_write_all_data',
    ])
      await refused(`set role ${other}`);
    await refused('grant assay_owner to current_user');
    await refused('create role x');
    await refused('alter role current_user superuser');
    await refused('alter default privileges for role assay_owner grant all on tables to public');
  });

  test('reads no secret of the server, and no file or program of its machine', async () => {
    await refused('select * from pg_authid');
    await refused('select * from pg_shadow');
    await refused('select * from pg_hba_file_rules');
    await refused(`select pg_read_file('PG_VERSION')`);
    await refused(`select pg_ls_dir('.')`);
    await refused(`copy (select 1) to program 'id'`);
    await refused(`copy (select 1) to '/tmp/x'`);
    await refused(`select lo_import('/etc/passwd')`);
    const { rows } = await database.as(
      role,
      `select query from pg_stat_activity where usename <> current_user and query <> '<insufficient privilege>'`,
    );
    expect(rows).toEqual([]);
  });

  test('has no function called that is not for it', async () => {
    const { rows } = await database.pool.query<{
      name: string;
      arguments: string;
      is_for_it: boolean;
    }>(
      `select oid::regproc::text as name,
         (select string_agg(format('null::%s', type::regtype), ', ' order by n) from unnest(proargtypes::oid[]) with ordinality as a (type, n)) as arguments,
         has_function_privilege('assay_${role}', oid, 'execute') as is_for_it
       from pg_proc where pronamespace::regnamespace::text in ('ops', 'bronze', 'silver', 'gold') and provolatile = 'v' and prokind = 'f'`,
    );
    const forbidden = rows.filter((row) => !row.is_for_it);
    expect(forbidden.length).toBeGreaterThan(3);
    expect(forbidden.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'ops.reset_silver',
        'ops.reset_gold',
        'ops.reset_history',
        'ops.reset_coverage',
      ]),
    );
    for (const { name, arguments: given } of forbidden)
      await refused(`select ${name}(${given ?? ''})`);
    if (role === 'reader') expect(rows.filter((row) => row.is_for_it)).toEqual([]);
  });
});

describe("temporary tables, and with them functions of one's own,", () => {
  test.each(['reader', 'listener'] as const)('are nothing for the %s', async (role) => {
    await expect(database.as(role, 'create temp table x ()')).rejects.toThrow(
      /permission denied to create temporary/,
    );
    await expect(
      database.as(role, `create function pg_temp.x() returns integer language sql as 'select 1'`),
    ).rejects.toThrow(/permission denied/);
  });
});

describe("a function with the owner's rights", () => {
  const who = `create function pg_temp.who() returns text language plpgsql as $$ begin raise exception 'I am %', current_user; end $$`;
  const staged = `(select event_id, date_id, actor_id, repo_id, event_type, timestamptz ''2024-05-03'' as event_time, event_hour,
    silver_processed_at, pg_temp.who() as actor_login, repo_name from gold.fact_events) as staged`;

  test('reads what it is given to stage with the rights of who gave it', async () => {
    const { rows } = await database.as('transformer', 'select current_user as name');
    await expect(
      database.as(
        'transformer',
        who,
        `select ops.add_month('gold.fact_events', '2024-05-01', '${staged}')`,
      ),
    ).rejects.toThrow(`I am ${rows[0]?.name}`);
    await expect(
      database.as(
        'listener',
        `select ops.add_month('bronze.raw_events', '2024-05-01', '(delete from bronze.raw_events returning *)')`,
      ),
    ).rejects.toThrow(/syntax error|permission denied/);
    expect(
      await database.value(`select to_regclass('months.gold_fact_events_2024_05')`),
    ).toBeNull();
  });

  test.each([
    ['listener', `select ops.add_month('gold.fact_events', '2024-05-01')`, /permission denied/],
    [
      'listener',
      `select ops.add_month('bronze.raw_events', '1999-05-01')`,
      /is not the first day of a month/,
    ],
    [
      'listener',
      `select ops.add_month('bronze.raw_events', '2024-05-02')`,
      /is not the first day of a month/,
    ],
    [
      'listener',
      `select ops.begin_month('ops.polls', '2024-05-01')`,
      /not kept by month|permission denied for schema/,
    ],
    ['listener', `select ops.end_month('bronze.raw_events', '2024-05-01')`, /does not exist/],
    [
      'listener',
      `select ops.drop_month('bronze.raw_events', '2024-05-01', 1)`,
      /permission denied/,
    ],
    ['transformer', `select ops.drop_month('ops.polls', '2024-05-01', 1)`, /is not kept by month/],
    ['transformer', `select ops.take_statistics('pg_authid')`, /is not kept by month/],
    ['transformer', `select ops.summarize_new_blocks('ops.polls')`, /is not kept by month/],
    ['reader', `select ops.missing_months('pg_authid')`, /is not kept by month/],
  ] as const)('as %s, %s is refused', async (role, statement, message) => {
    await expect(database.as(role, statement)).rejects.toThrow(message);
  });

  test("looks for names in no schema but the system's, its caller's temporary one last", async () => {
    const rows = await database.rows<{ name: string; settings: string[] }>(
      `select oid::regprocedure::text as name, proconfig as settings from pg_proc
       where pronamespace::regnamespace::text in ('ops', 'bronze', 'silver', 'gold') and prosecdef`,
    );
    expect(rows.length).toBeGreaterThan(5);
    for (const { name, settings } of rows)
      expect(settings, name).toContain('search_path=pg_catalog, pg_temp');
  });

  test('has the rights of assay_owner, who is no superuser and cannot log in', async () => {
    expect(
      await database.rows(
        `select distinct proowner::regrole::text as owner, rolsuper, rolcanlogin, rolcreaterole, rolcreatedb, rolbypassrls
         from pg_proc join pg_roles on pg_roles.oid = proowner
         where pronamespace::regnamespace::text in ('ops', 'bronze', 'silver', 'gold') and prosecdef`,
      ),
    ).toEqual([
      {
        owner: 'assay_owner',
        rolsuper: false,
        rolcanlogin: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolbypassrls: false,
      },
    ]);
  });
});

test('who is being erased, and who was, is for nobody but the owner to read', async () => {
  for (const role of ['reader', 'listener', 'transformer'] as const) {
    for (const what of [
      'names_in_clear from ops.erasures',
      '* from ops.erasures',
      '* from ops.erased_names',
      '* from ops.erased_actors',
      '* from ops.erasure_key',
    ])
      await expect(database.as(role, `select ${what}`), `${role}: ${what}`).rejects.toThrow(DENIED);
  }
  for (const role of ['reader', 'transformer'] as const)
    await database.as(role, 'select erasure_id, status, removes, finished_at from ops.erasures');
});

test('everybody else has nothing', async () => {
  const publicRights = await database.rows(
    `select oid::regclass::text as what, privilege_type from pg_class cross join lateral aclexplode(relacl)
     where relnamespace::regnamespace::text in ('ops', 'bronze', 'silver', 'gold', 'months') and grantee = 0
     union all
     select nspname, privilege_type from pg_namespace cross join lateral aclexplode(nspacl)
     where nspname in ('ops', 'bronze', 'silver', 'gold', 'months') and grantee = 0
     union all
     select oid::regprocedure::text, 'EXECUTE' from pg_proc
     where pronamespace::regnamespace::text in ('ops', 'bronze', 'silver', 'gold') and provolatile = 'v'
       and has_function_privilege('public', oid, 'execute')`,
  );
  expect(publicRights).toEqual([]);
});

test('roles/grant_rights.sql names every function that writes, and says who may call it', async () => {
  const { readFileSync } = await import('node:fs');
  const { warehousePath } = await import('../../apps/shared/project-root.ts');
  const grants = readFileSync(warehousePath('roles', 'grant_rights.sql'), 'utf8');
  const names = await database.rows<{ name: string }>(
    `select distinct oid::regproc::text as name from pg_proc
     where pronamespace::regnamespace::text in ('ops', 'bronze', 'silver', 'gold') and provolatile = 'v'`,
  );
  expect(names.filter(({ name }) => !grants.includes(name)).map(({ name }) => name)).toEqual([]);
});
