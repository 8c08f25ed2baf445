// The whole way of an event, each step by a user who has the role for it and nothing else.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { warehousePath } from '../../apps/shared/project-root.ts';
import { makeEvent } from '../support/events.ts';
import { useProcesses } from '../support/spawn-process.ts';
import { useSimulators } from '../support/use-simulator.ts';
import { useRoles } from './support.ts';

const database = useRoles();
const run = useProcesses();
const startSimulator = useSimulators();
const folder = mkdtempSync(join(tmpdir(), 'assay-rights-'));
afterAll(() => rmSync(folder, { recursive: true }));

let environment: Record<string, string>;
beforeAll(() => {
  // No DATABASE_URL: what took the owner's would start an embedded database, and find no warehouse in it.
  environment = {
    LISTENER_DATABASE_URL: database.urlOf('listener'),
    TRANSFORMER_DATABASE_URL: database.urlOf('transformer'),
    READER_DATABASE_URL: database.urlOf('reader'),
    EMBEDDED_DATA_DIR: join(folder, 'none'),
    FEEDS: 'public',
    GITHUB_TOKEN: 'x',
    BRONZE_RETENTION_DAYS: '36500',
  };
});

const messageOfError = (error: Error) => error.message;

async function succeed(file: string, args: string[] = [], more: Record<string, string> = {}) {
  const process = run(file, args, { ...environment, ...more });
  const code = await process.exited;
  expect(code, process.output()).toBe(0);
  // Nothing was left undone for want of a right.
  expect(process.output()).not.toMatch(/permission denied|must be owner|insufficient/i);
  return process.output();
}

test('events come in, are transformed in old and new months, kept in order, healed and read', async () => {
  const simulator = await startSimulator({ eventsPerSecond: 1, badRowRate: 0.05, seed: 3 });
  const github = { GITHUB_API_URL: simulator.url, GITHUB_ARCHIVE_URL: simulator.url };
  await succeed('apps/listener/main.ts', ['--once'], github);
  expect(Number(await database.value('select count(*) from bronze.raw_events'))).toBeGreaterThan(
    10,
  );

  // Two old months at once: partitions made by the backfill in bronze, in bulk in gold.
  const file = join(folder, 'old.ndjson');
  const lines = ['2024-02-10T00:00:00Z', '2024-03-10T00:00:00Z'].flatMap((created_at, month) =>
    Array.from({ length: 50 }, (_, n) =>
      JSON.stringify(makeEvent({ id: `${month}${n}00`, created_at })),
    ),
  );
  writeFileSync(file, `${[...lines, '{"torn'].join('\n')}\n`);
  const backfill = run('scripts/backfill.ts', ['--file', file], environment);
  expect(await backfill.exited, backfill.output()).toBe(2);
  expect(backfill.output()).not.toMatch(/permission denied|must be owner|could not make/i);
  expect(await database.value(`select count(*) from months.bronze_raw_events_2024_02`)).toBe('50');

  await succeed('apps/transformer/main.ts', ['--once'], { SILVER_BATCH_SIZE: '20' });
  expect(await database.value(`select count(*) from months.gold_fact_events_2024_03`)).toBe('50');
  expect(await database.value(`select count(*) from months.silver_events_2024_02`)).toBe('50');
  expect(
    await database.rows(`select pipeline, error from ops.pipeline_runs where status <> 'success'`),
  ).toEqual([]);
  expect(
    await database.value(
      `select array_agg(distinct pipeline order by pipeline) from ops.pipeline_runs`,
    ),
  ).toEqual(expect.arrayContaining(['coverage', 'gold', 'quality', 'silver']));
  expect(await database.value('select count(*) from silver.events')).toBe(
    await database.value('select count(*) from bronze.raw_events'),
  );

  // A gap to heal, and the months past their retention.
  await database.pool.query(
    `insert into ops.feed_gaps (kind, feed, gap_from, gap_to) values ('outage', 'public', now() - interval '3 hours', now() - interval '2 hours')`,
  );
  await succeed('scripts/heal.ts', ['--max-files', '2'], github);
  await succeed('scripts/dead-letters.ts', ['replay']);
  await succeed('scripts/dead-letters.ts', ['list']);
  await succeed('apps/listener/main.ts', ['--once'], github);
  await succeed('apps/transformer/main.ts', ['--once']);
  expect(await succeed('scripts/maintain.ts', [], { BRONZE_RETENTION_DAYS: '365' })).toMatch(
    /bronze\.raw_events +2024-02 +dropped +50/,
  );
  expect(await database.value(`select to_regclass('months.bronze_raw_events_2024_02')`)).toBeNull();
  expect(
    await database.value(
      `select bool_and(last_analyze is not null) from pg_stat_all_tables where relid in ('bronze.raw_events'::regclass, 'gold.fact_events'::regclass)`,
    ),
  ).toBe(true);

  await succeed('scripts/status.ts');
  expect(
    await succeed('scripts/sql.ts', [
      'select count(*) from gold.v_events where event_time < $$2025-01-01$$',
      '--csv',
    ]),
  ).toMatch(/100/);
  await succeed('scripts/healthcheck.ts', ['listener']);

  // Every check could be run, and every condition of an alert looked at, by whichever process looks.
  expect(
    await database.rows(
      `select check_name, message from ops.quality_results where status = 'error'`,
    ),
  ).toEqual([]);
  expect(await database.value('select count(*) > 20 from ops.quality_results')).toBe(true);
  await succeed('scripts/alerts.ts', ['check']);
  for (const name of readdirSync(warehousePath('alerts')))
    for (const role of ['listener', 'transformer'] as const) {
      const sql = readFileSync(warehousePath('alerts', name), 'utf8');
      await expect(
        database.as(role, `explain ${sql}`).then(() => 'explained', messageOfError),
        `${role}: ${name}`,
      ).resolves.not.toMatch(/permission denied/);
    }
});

test('the transformer sees how long the listener has been at it, and nothing of what', async () => {
  const { rows } = await database.as(
    'transformer',
    'select ops.oldest_open_transaction() is not null as known',
  );
  expect(rows).toEqual([{ known: true }]);
});

test('every ready query runs for a reader', async () => {
  const files = readdirSync(warehousePath('queries'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.sql') && !name.includes('citus'),
  );
  expect(files.length).toBeGreaterThan(15);
  for (const name of files) {
    const text = readFileSync(warehousePath('queries', name), 'utf8');
    // Those of the API take values, and the server says here how many: unknown all of them, which the right to read is not.
    const parameters = new Set(text.replace(/--.*/g, '').match(/\$\d+/g)).size;
    const statement =
      parameters === 0 ? text : { text, values: Array.from({ length: parameters }, () => null) };
    await expect(database.as('reader', statement), name).resolves.toBeDefined();
  }
  for (const view of await database.rows<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relkind = 'v' and relnamespace::regnamespace::text in ('ops', 'silver', 'gold')`,
  ))
    await expect(
      database.as('reader', `select * from ${view.name} limit 1`),
      view.name,
    ).resolves.toBeDefined();
});
