import pg from 'pg';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../apps/shared/config.ts';
import { keepTransforming } from '../../apps/transformer/keep-transforming.ts';
import { createRunRequests } from '../../apps/transformer/run-requests.ts';
import { watchSessions } from '../../apps/transformer/watch-sessions.ts';
import { makeEvent, store } from '../support/events.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { silentLog } from '../support/run-transform.ts';
import { until } from '../support/spawn-process.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { casesOf } from './form.ts';

const database = useTestDatabase();
let proxy: FaultProxy;
let blocker: pg.Client;
beforeEach(async () => {
  await emptyWarehouse(database);
  proxy = await startFaultProxy(database.connectionString);
  blocker = new pg.Client({ connectionString: database.connectionString });
  await blocker.connect();
  for (let id = 0; id < 6; id++) await store(database.pool, [makeEvent({ id })]);
});
afterEach(async () => {
  await blocker.end();
  await proxy.stop();
});

/** Starts one run that stands still in the middle, at a table that somebody has locked. */
async function startRun(lockedTable: string) {
  await blocker.query(`begin; lock table ${lockedTable} in access exclusive mode`);
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const running = keepTransforming({
    config: loadConfig({ SILVER_BATCH_SIZE: '2' }),
    connectionString: proxy.connectionString,
    logs: { layer: () => silentLog, close: async () => {} },
    log,
    requests: createRunRequests(),
    onRunEnd: () => {},
    watch: { everyMs: 100, patienceMs: 1_000 },
    once: true,
    signal: new AbortController().signal,
  });
  await until(
    async () =>
      (await database.value(
        `select exists (select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database())`,
      )) === true,
    'the run stands still',
  );
  return { running, lines };
}

test.each(casesOf(['gold.dim_actors'], ['silver.events']))(
  'a connection that is forgotten while the server works on %s is noticed, and a new one finishes the work',
  async (table) => {
    const { running, lines } = await startRun(table);
    proxy.forget();
    // The server finishes what it was asked, and its answer reaches nobody.
    await blocker.query('commit');
    expect(await running).toBe(0);
    expect(lines.join('\n')).toContain('the connection is half open, connecting again');
    expect(await database.value('select count(*)::int from gold.fact_events')).toBe(6);
    expect(
      await database.value(
        `select count(*)::int from pg_stat_activity where application_name like 'assay transformer%' and datname = current_database()`,
      ),
    ).toBe(0);
  },
);

test('a statement that merely takes long is left alone', async () => {
  const { running, lines } = await startRun('gold.dim_actors');
  await new Promise((go) => setTimeout(go, 2_500));
  await blocker.query('commit');
  expect(await running).toBe(0);
  expect(lines.join('\n')).not.toContain('half open');
  expect(await database.value('select count(*)::int from gold.fact_events')).toBe(6);
});

test('nor is one behind a pooler, which gives its sessions numbers of its own', async () => {
  const client: pg.Client & { processID?: number } = new pg.Client({
    connectionString: database.connectionString,
    application_name: 'assay transformer',
  });
  await client.connect();
  client.processID = 1;
  const watch = watchSessions({
    connectionString: database.connectionString,
    log: silentLog,
    everyMs: 100,
    patienceMs: 500,
  });
  await watch.add(client);
  const { rows } = await watch.during(() => client.query('select pg_sleep(1.5), 6 as answer'));
  expect(rows[0]).toMatchObject({ answer: 6 });
  await client.end();
});
