// Citus itself is not here. A stand-in takes its calls down, to show what warehouse/distribute.sql asks of it, in which
// order, and that it asks once. What Citus then does is not shown by these tests.
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { distributeTables, distributeWarehouse } from '../../apps/shared/distribute-warehouse.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useProcesses } from '../support/spawn-process.ts';
import { useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();

const STAND_IN = `
  create schema citus_stand_in;
  create table citus_stand_in.calls (call_number bigint generated always as identity, call text);
  create table citus_stand_in.pg_dist_node (groupid integer, isactive boolean);
  create table citus_stand_in.pg_dist_partition (logicalrelid regclass primary key, partmethod "char");
  create table citus_stand_in.pg_dist_object (classid oid, objid oid, primary key (classid, objid));

  create function citus_stand_in.create_reference_table(table_name regclass) returns void language sql as $$
    insert into citus_stand_in.calls (call) values (format('reference %s', table_name));
    insert into citus_stand_in.pg_dist_partition values (table_name, 'n');
  $$;
  create function citus_stand_in.create_distributed_table(
    table_name regclass, distribution_column text, distribution_type text default 'hash', colocate_with text default 'default'
  ) returns void language sql as $$
    insert into citus_stand_in.calls (call)
    values (format('distribute %s by %s with %s%s', table_name, distribution_column, colocate_with,
      case when current_setting('citus.multi_shard_modify_mode') = 'sequential' then '' else ', not sequential' end));
    insert into citus_stand_in.pg_dist_partition values (table_name, 'h');
    insert into citus_stand_in.pg_dist_partition
    select relid, 'h' from pg_partition_tree(table_name) where parentrelid is not null;
  $$;
  create function citus_stand_in.create_distributed_function(function_name regprocedure) returns void language sql as $$
    insert into citus_stand_in.pg_dist_object values ('pg_proc'::regclass, function_name);
  $$;
  create function citus_stand_in.truncate_local_data_after_distributing_table(table_name regclass) returns void language sql as $$
    insert into citus_stand_in.calls (call) values (format('free %s', table_name));
  $$;`;

describe('warehouse/distribute.sql, on a stand-in for Citus', () => {
  let client: pg.Client;
  beforeAll(async () => {
    await database.pool.query(STAND_IN);
    client = new pg.Client({ connectionString: database.connectionString });
    await client.connect();
    await client.query('set search_path = citus_stand_in, public');
  });
  afterAll(() => client.end());
  beforeEach(async () => {
    await database.pool.query(`
      truncate citus_stand_in.calls, citus_stand_in.pg_dist_node, citus_stand_in.pg_dist_partition, citus_stand_in.pg_dist_object;
      insert into citus_stand_in.pg_dist_node values (0, true), (1, true), (2, true);`);
  });
  const calls = async () =>
    (
      await database.rows<{ call: string }>(
        'select call from citus_stand_in.calls order by call_number',
      )
    ).map(({ call }) => call);

  const DIMENSIONS = [
    'gold.dim_actors',
    'gold.dim_actors_history',
    'gold.dim_date',
    'gold.dim_event_types',
    'gold.dim_repos',
    'gold.dim_repos_history',
  ];
  const EVENTS = ['bronze.raw_events', 'bronze.sightings', 'gold.fact_events', 'silver.events'];

  test('copies the dimensions before it spreads the facts, all events side by side', async () => {
    expect(await distributeTables(client)).toEqual({ distributed: EVENTS, reference: DIMENSIONS });
    const made = (await calls()).filter((call) => !call.startsWith('free'));
    expect(made).toEqual([
      'reference gold.dim_date',
      'reference gold.dim_actors',
      'reference gold.dim_repos',
      'reference gold.dim_event_types',
      'reference gold.dim_actors_history',
      'reference gold.dim_repos_history',
      'distribute bronze.raw_events by event_id with none',
      'distribute bronze.sightings by event_id with bronze.raw_events',
      'distribute silver.events by event_id with bronze.raw_events',
      'distribute gold.fact_events by event_id with bronze.raw_events',
    ]);
  });

  test('asks for nothing the second time, and only for what is missing the third', async () => {
    await distributeTables(client);
    const first = (await calls()).filter((call) => !call.startsWith('free')).length;
    await distributeTables(client);
    expect((await calls()).filter((call) => !call.startsWith('free'))).toHaveLength(first);
    await database.pool.query(
      `delete from citus_stand_in.pg_dist_partition where logicalrelid = 'bronze.sightings'::regclass
         or logicalrelid in (select relid from pg_partition_tree('bronze.sightings'))`,
    );
    await distributeTables(client);
    expect((await calls()).filter((call) => !call.startsWith('free')).slice(first)).toEqual([
      'distribute bronze.sightings by event_id with bronze.raw_events',
    ]);
  });

  test('brings the functions to the workers that statements call there, and no others', async () => {
    await distributeTables(client);
    const functions = await database.rows<{ name: string }>(
      'select objid::regprocedure::text as name from citus_stand_in.pg_dist_object',
    );
    const names = functions.map(({ name }) => name.replace(/\(.*/, ''));
    for (const name of ['ops.source_class', 'bronze.event_id', 'bronze.readable_time'])
      expect(names).toContain(name);
    for (const name of ['silver.to_bigint', 'silver.to_integer', 'silver.to_boolean'])
      expect(names).toContain(name);
    // These read tables: on a worker they would read an empty shell.
    for (const name of ['bronze.save_events', 'silver.load_slice', 'ops.plan_read'])
      expect(names).not.toContain(name);
  });

  test('no function that goes to the workers reads a table', async () => {
    const { rows } = await database.pool.query<{ name: string; body: string }>(
      `select oid::regprocedure::text as name, prosrc as body from pg_proc
       where pronamespace::regnamespace::text in ('ops', 'bronze', 'silver', 'gold') and prokind = 'f' and proparallel = 's'`,
    );
    expect(rows.length).toBeGreaterThan(5);
    const reading = rows.filter(({ body }) =>
      /\b(from|join|into|update)\s+(ops|bronze|silver|gold)\.\w+(?!\w*\()/i.test(body),
    );
    expect(reading.map(({ name }) => name)).toEqual([]);
  });

  test('frees what was moved, facts before the dimensions they point to', async () => {
    await store(database.pool, [makeEvent()]);
    await runTransform(database.connectionString);
    await distributeTables(client);
    const freed = (await calls()).filter((call) => call.startsWith('free'));
    expect(freed).toContain('free bronze.raw_events');
    expect(freed.indexOf('free gold.fact_events')).toBeGreaterThanOrEqual(0);
    expect(freed.indexOf('free gold.fact_events')).toBeLessThan(
      freed.indexOf('free gold.dim_date'),
    );
    // Nobody has shown one event twice.
    expect(freed).not.toContain('free bronze.sightings');
  });

  test('refuses a cluster without workers, says where, and has done nothing', async () => {
    await database.pool.query('delete from citus_stand_in.pg_dist_node where groupid > 0');
    await expect(distributeTables(client)).rejects.toThrow(
      /^warehouse\/distribute\.sql:\d+: The cluster has no workers\.[\s\S]*citus_add_node/,
    );
    await database.pool.query('delete from citus_stand_in.pg_dist_node');
    await expect(distributeTables(client)).rejects.toThrow(/citus_set_coordinator_host/);
    expect(await calls()).toEqual([]);
  });
});

describe('npm run setup-db -- --distributed', () => {
  const spawn = useProcesses();

  test('installs the warehouse all the same, and says what is missing on a server without Citus', async () => {
    const url = new URL(database.connectionString);
    url.pathname = `${url.pathname}_plain`;
    const setup = spawn('scripts/setup-db.ts', ['--distributed'], { DATABASE_URL: url.href });
    try {
      expect(await setup.exited).toBe(1);
      expect(setup.output()).toMatch(/The warehouse is ready: \d+ files ran/);
      expect(setup.output()).toMatch(
        /^error: The warehouse is installed, but not distributed: the server has no Citus extension\..*docs\/scale-out\.md/m,
      );
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      const { rows } = await client.query(
        'select count(*)::integer as facts from gold.fact_events',
      );
      await client.end();
      expect(rows).toEqual([{ facts: 0 }]);
    } finally {
      await database.pool.query(
        `drop database if exists ${pg.escapeIdentifier(url.pathname.slice(1))} with (force)`,
      );
    }
  });

  test('the same without a process', async () => {
    await expect(distributeWarehouse(database.connectionString)).rejects.toThrow(
      /no Citus extension/,
    );
  });
});
