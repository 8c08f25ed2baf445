import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { installWarehouse, readWarehouseFiles } from '../../apps/shared/install-warehouse.ts';

const created: string[] = [];
afterEach(async () => {
  for (const name of created.splice(0))
    await onServer(`drop database if exists ${name} with (force)`);
});

function newDatabase(): string {
  const name = `assay_install_${randomBytes(5).toString('hex')}`;
  created.push(name);
  return urlOf(name);
}

function urlOf(name: string): string {
  const url = new URL(inject('serverUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

async function onServer(
  sql: string,
  connectionString = inject('serverUrl'),
): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

describe('installWarehouse', () => {
  test('creates the database and everything in it, and has nothing to do the second time', async () => {
    const url = newDatabase();
    const first = await installWarehouse(url);
    expect(first.ran).toEqual(readWarehouseFiles().map((file) => file.name));
    expect(await installWarehouse(url)).toMatchObject({ ran: [], skipped: first.ran.length });
    const { rows } = await onServer('select count(*)::int as days from gold.dim_date', url);
    expect(rows).toEqual([{ days: 6940 }]);
  });

  test('several at once come one after the other', async () => {
    const url = newDatabase();
    const reports = await Promise.all([1, 2, 3].map(() => installWarehouse(url)));
    expect(reports.filter(({ ran }) => ran.length > 0)).toHaveLength(1);
  });

  test('a file whose text changed runs again; a migration that changed is refused', async () => {
    const url = newDatabase();
    await installWarehouse(url);
    await onServer(
      `update ops.schema_files set checksum = 'older' where file_name = 'silver/v_events.sql'`,
      url,
    );
    expect((await installWarehouse(url)).ran).toEqual(['silver/v_events.sql']);
    await onServer(
      `update ops.schema_files set checksum = 'other' where file_name = 'ops/001_ops.sql'`,
      url,
    );
    await expect(installWarehouse(url)).rejects.toThrow(
      /ops\/001_ops\.sql has run in this database with another text/,
    );
  });

  test('what a person has curated stays', async () => {
    const url = newDatabase();
    await installWarehouse(url);
    await onServer(
      `update gold.dim_event_types set event_category = 'mine' where event_type = 'PushEvent';
       insert into gold.dim_event_types (event_type) values ('NewEvent');
       update ops.schema_files set checksum = 'older' where file_name = 'gold/seed_dimensions.sql'`,
      url,
    );
    await installWarehouse(url);
    const { rows } = await onServer(
      `select event_type, event_category, is_curated from gold.dim_event_types where event_type in ('PushEvent', 'NewEvent') order by 1`,
      url,
    );
    expect(rows).toEqual([
      { event_type: 'NewEvent', event_category: null, is_curated: false },
      { event_type: 'PushEvent', event_category: 'mine', is_curated: true },
    ]);
  });

  test('an installation cut off in the middle is taken up where it stopped', async () => {
    const url = newDatabase();
    const obstacle = 'create schema gold; create table gold.feed_coverage ()';
    await onServer(`create database ${pg.escapeIdentifier(new URL(url).pathname.slice(1))}`);
    await onServer(obstacle, url);
    await expect(installWarehouse(url)).rejects.toThrow('gold/008_feed_coverage.sql');
    await onServer('drop table gold.feed_coverage', url);
    const { ran, skipped } = await installWarehouse(url);
    expect(ran[0]).toBe('gold/008_feed_coverage.sql');
    expect(skipped).toBe(readWarehouseFiles().length - ran.length);
  });

  test('a failure names file, line and place', async () => {
    const url = newDatabase();
    await installWarehouse(url);
    await onServer(
      `drop view silver.v_events cascade;
       alter table silver.events rename column is_bot to is_robot;
       delete from ops.schema_files where file_name = 'silver/v_events.sql'`,
      url,
    );
    const failure = (await installWarehouse(url).catch((error: unknown) => error)) as Error;
    expect(failure.message).toMatch(
      /^warehouse\/silver\/v_events\.sql:\d+: column "is_bot" does not exist/,
    );
    expect(failure.message).toMatch(/\d+ \| {5}is_bot,\n +\^/);
  });

  test('migrations come first, by number, each number once', () => {
    const numbers = readWarehouseFiles().map((file) => file.migration);
    const migrations = numbers.filter((number) => number !== undefined);
    expect(migrations).toEqual(migrations.toSorted((a, b) => a - b));
    expect(new Set(migrations).size).toBe(migrations.length);
    expect(numbers.slice(migrations.length).every((number) => number === undefined)).toBe(true);
  });
});

test('every role may install into a database that exists, without the right to create one', async () => {
  const name = newDatabase().split('/').at(-1) ?? '';
  await onServer(`create database ${name}`);
  await onServer(
    `create role ${name} login password 'x' nocreatedb; grant all on database ${name} to ${name}`,
  );
  const url = new URL(urlOf(name));
  url.username = name;
  url.password = 'x';
  expect((await installWarehouse(url.href)).ran.length).toBeGreaterThan(10);
  url.pathname = '/assay_no_such_database';
  await expect(installWarehouse(url.href)).rejects.toThrow(
    /has no database "assay_no_such_database" and this user may not create it/,
  );
  await onServer(`drop database ${name} with (force)`);
  await onServer(`drop role ${name}`);
});
