import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../apps/shared/project-root.ts';
import { findBrokenRules, RULE_NAMES } from './distributed-rules.ts';

const SIZES = 'sizes are read with citus_total_relation_size where Citus is';
const LIMITS =
  'a LIMIT or OFFSET pulls rows to the coordinator: let a window of times bound a load';

/** What departs from a rule on purpose. */
const ALLOWED: { file: string; rule: string; found: RegExp; reason: string }[] = [
  {
    file: 'warehouse/queries/status/database-size.sql',
    rule: SIZES,
    found: /./,
    reason: 'status reads database-size-citus where Citus is',
  },
  {
    file: 'warehouse/queries/status/database-size-citus.sql',
    rule: SIZES,
    found: /./,
    reason: 'for the tables that stay on the coordinator',
  },
  {
    file: 'warehouse/ops/size_on_disk.sql',
    rule: SIZES,
    found: /./,
    reason: 'asks the workers for the tables they hold',
  },
  {
    file: 'warehouse/distribute.sql',
    rule: SIZES,
    found: /./,
    reason: 'asks what lies on the coordinator itself',
  },
  {
    file: 'warehouse/silver/load_slice.sql',
    rule: LIMITS,
    found: /^offset 0$/,
    reason:
      'keeps the planner from taking JSON apart once per column; right on Citus too, where the rows of the window pass through the coordinator',
  },
];

function sourceFiles(folder: string, ending: string): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => relative(projectRoot, join(projectRoot, folder, name)))
    .sort();
}

test('the SQL of the project keeps the rules for a distributed PostgreSQL', () => {
  const files = [
    ...sourceFiles('warehouse', '.sql'),
    ...sourceFiles('apps', '.ts'),
    // The benchmark measures one machine.
    ...sourceFiles('scripts', '.ts').filter((file) => !file.startsWith('scripts/bench')),
  ];
  expect(files.length).toBeGreaterThan(100);
  const findings = files.flatMap((file) =>
    findBrokenRules(file, readFileSync(join(projectRoot, file), 'utf8')),
  );
  const isAllowed = (finding: (typeof findings)[number], allowed: (typeof ALLOWED)[number]) =>
    allowed.file === finding.file &&
    allowed.rule === finding.rule &&
    allowed.found.test(finding.found);
  expect(
    findings
      .filter((finding) => !ALLOWED.some((allowed) => isAllowed(finding, allowed)))
      // The runner writes the values into the query before it is sent.
      .filter(
        ({ file, found }) =>
          !(file.startsWith('warehouse/checks/') && found.startsWith('current_setting(')),
      )
      .map(({ file, line, rule, found }) => `${file}:${line}: ${rule}: ${found}`),
  ).toEqual([]);
  // An exception that nothing needs any more goes.
  expect(
    ALLOWED.filter((allowed) => !findings.some((finding) => isAllowed(finding, allowed))),
  ).toEqual([]);
});

/** Each breaks one rule, in the line that says so, and has a twin that keeps it. */
const PLANTED: { rule: RegExp; broken: string; kept: string; file?: string }[] = [
  {
    rule: /^count inserted rows/,
    broken: `insert into silver.events select * from new on conflict do nothing;\nget diagnostics inserted = row_count; -- here`,
    kept: `with i as (insert into silver.events select * from new on conflict do nothing returning 1) select count(*) from i;`,
  },
  {
    rule: /^no reading of what is later/,
    broken: `select * from bronze.raw_events\nwhere ingested_at > (select max(ingested_at) from silver.events) -- here`,
    kept: `select * from bronze.raw_events where ingested_at > read_after`,
  },
  {
    rule: /^no transaction numbers/,
    broken: `select\n    pg_snapshot_xmin(pg_current_snapshot()) -- here`,
    kept: `-- pg_snapshot_xmin would lose rows\nselect ops.oldest_open_transaction()`,
  },
  {
    rule: /^no transaction numbers/,
    broken: `select count(*) from silver.events where xmin::text::bigint > 5 -- here`,
    kept: `select min(actor_id) as axmin, max(actor_id) from silver.events`,
  },
  {
    rule: /^compute now\(\)/,
    broken: `select count(*) from gold.fact_events\nwhere event_time > now() - interval '1 day' -- here`,
    kept: `with clock as materialized (select now() as now_at)\nselect count(*) from gold.fact_events where event_time > (select now_at from clock)`,
  },
  {
    rule: /^compute now\(\)/,
    broken: `with chosen as (\n    select current_setting('assay.month', true) as month -- here\n)\nselect * from gold.v_events, chosen`,
    kept: `with chosen as materialized (select coalesce(current_setting('assay.month', true), '') as month)\nselect * from gold.v_events, chosen`,
  },
  {
    rule: /^compute now\(\)/,
    broken: `insert into silver.events (event_id, processed_at)\nselect event_id, now() from new_events -- here`,
    kept: `create table silver.events (event_id text, processed_at timestamptz default now())`,
  },
  {
    rule: /^cut days and hours/,
    broken: `select\n    date_trunc('day', created_at) -- here\nfrom bronze.raw_events`,
    kept: `select date_trunc('day', created_at at time zone 'UTC'), date_trunc('hour', created_at, 'UTC') from bronze.raw_events`,
  },
  {
    rule: /^cut days and hours/,
    broken: `select extract(hour from event_time) -- here`,
    kept: `select extract(hour from event_time at time zone 'UTC'), extract(epoch from finished_at - started_at)`,
  },
  {
    rule: /^cut days and hours/,
    broken: `select event_time::date -- here`,
    kept: `select (event_time at time zone 'UTC')::date, day::date, hours.hour_count::integer`,
  },
  {
    rule: /^cut days and hours/,
    broken: `select current_date -- here`,
    kept: `select current_database()`,
  },
  {
    rule: /^no SQLSTATE/,
    broken: `begin\n    perform work();\nexception when others then -- here\nend`,
    kept: `begin\n    perform work();\nexception when invalid_text_representation then\nend`,
  },
  {
    rule: /^no SQLSTATE/,
    broken: `insert into silver.events select * from new\non conflict on constraint events_key do nothing -- here`,
    kept: `alter table silver.events add constraint events_key unique (event_id, event_type)`,
  },
  {
    rule: /^no SQLSTATE/,
    file: 'apps/listener/save.ts',
    broken: `if (\n  error.constraint === 'raw_events_key') return; // here`,
    kept: `if (isTransient(error)) return;`,
  },
  {
    rule: /^a LIMIT/,
    broken: `insert into silver.events (event_id)\nselect event_id from bronze.raw_events order by ingested_at limit 5000 -- here`,
    kept: `select max(ingested_at) from (select ingested_at from bronze.raw_events order by ingested_at limit 5000) as slice`,
  },
  {
    rule: /^stamps are now/,
    broken: `create table bronze.raw_events (\n    ingested_at timestamptz default clock_timestamp() -- here\n)`,
    kept: `step_started := clock_timestamp()`,
  },
  {
    rule: /^upserts set/,
    broken: `insert into gold.dim_actors as dim (actor_id) values (1) on conflict (actor_id) do update\nset actor_login = excluded.actor_login,\n    updated_at = now() -- here\nwhere dim.actor_id > 0`,
    kept: `insert into gold.dim_actors as dim (actor_id) values (1) on conflict (actor_id) do update set actor_login = excluded.actor_login where dim.actor_id > 0`,
  },
  {
    rule: /^the gold script begins/,
    file: 'warehouse/gold/etl/load.sql',
    broken: `begin;\ninsert into gold.dim_actors values (1); -- here\nset local citus.multi_shard_modify_mode to 'sequential';`,
    kept: `begin;\nset local citus.multi_shard_modify_mode to 'sequential';\ninsert into gold.dim_actors values (1);`,
  },
  {
    rule: /^every unique key/,
    broken: `create table silver.events (\n    event_id text,\n    row_number bigint primary key -- here\n)`,
    kept: `create table silver.events (event_id text, constraint k unique nulls not distinct (event_id, event_type))`,
  },
  {
    rule: /^every unique key/,
    broken: `create unique index\n    on gold.fact_events (event_type, event_time) -- here`,
    kept: `create unique index on gold.fact_events (event_id, event_time);\ncreate index on gold.fact_events (actor_id)`,
  },
  {
    rule: /^every unique key/,
    broken: `create table bronze.sightings (\n    event_id bigint not null -- here\n)`,
    kept: `create table ops.pipeline_runs (run_id bigint generated always as identity primary key)`,
  },
  {
    rule: /^foreign keys/,
    broken: `alter table gold.fact_events\n    add foreign key (event_id) references silver.events -- here`,
    kept: `alter table gold.fact_events add foreign key (actor_id) references gold.dim_actors`,
  },
  {
    rule: /^no triggers/,
    broken: `create trigger stamp -- here\nbefore insert on silver.events for each row execute function f()`,
    kept: `create trigger stamp before insert on ops.polls for each row execute function f()`,
  },
  {
    rule: /^no domains/,
    broken: `create domain bronze.id as text -- here`,
    kept: `create type ops.pair as (a text, b text)`,
  },
  {
    rule: /^no row locks/,
    broken: `select * from bronze.raw_events\nfor update skip locked -- here`,
    kept: `select * from bronze.dead_letter_queue for update skip locked`,
  },
  {
    rule: /^sizes are read/,
    broken: `select pg_total_relation_size('silver.events') -- here`,
    kept: `select citus_total_relation_size('silver.events')`,
  },
  {
    rule: /^cut days and hours/,
    file: 'apps/listener/count.ts',
    broken: `const days = await pool.query(\n  \`select created_at::date from bronze.raw_events\`); // here`,
    kept: `// An event's created_at::date is a day.\nconst days = await pool.query(\`select (created_at at time zone 'UTC')::date from bronze.raw_events\`);`,
  },
];

describe('findBrokenRules', () => {
  for (const [
    index,
    { rule, broken, kept, file = 'warehouse/silver/planted.sql' },
  ] of PLANTED.entries()) {
    test(`${index + 1}: ${rule.source.slice(1)}`, () => {
      const findings = findBrokenRules(file, broken);
      const line = broken.split('\n').findIndex((text) => text.includes('here')) + 1;
      const wanted = findings.filter((finding) => rule.test(finding.rule));
      expect(wanted.length).toBeGreaterThan(0);
      for (const finding of wanted) expect(finding).toMatchObject({ file, line });
      expect(findBrokenRules(file, kept)).toEqual([]);
    });
  }

  test('comments and the sentences of "comment on" are no SQL', () => {
    const sql = `-- get diagnostics n = row_count\n/* create domain */\ncomment on table silver.events is 'Since now() and current_date; never xmin.';`;
    expect(findBrokenRules('warehouse/silver/planted.sql', sql)).toEqual([]);
  });

  test('every rule has a planted fault', () => {
    const found = new Set(
      PLANTED.flatMap(({ broken, file = 'warehouse/silver/planted.sql' }) =>
        findBrokenRules(file, broken),
      ).map(({ rule }) => rule),
    );
    expect(RULE_NAMES.filter((name) => !found.has(name))).toEqual([]);
  });
});
