import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Health } from '../../apps/api/health.ts';
import type { Problem } from '../../apps/api/schemas/problem.ts';
import { useRoles } from '../security/support.ts';
import { makeEvent, store } from '../support/events.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { runTransform } from '../support/run-transform.ts';
import { until } from '../support/spawn-process.ts';
import { closeApisAfterwards, openApi, type TestApi } from './support.ts';

const database = useRoles();
closeApisAfterwards();
/** One of each kind. */
const PATHS = ['/data', '/activity', '/types', '/runs', '/stats', '/coverage', '/repos/ada/engine'];

beforeAll(async () => {
  await store(database.pool, [makeEvent()]);
  await runTransform(database.connectionString);
});

test('the role of readers is all it needs', async () => {
  const api = await openApi(database.urlOf('reader'));
  for (const path of [
    ...PATHS,
    '/top?kind=repos',
    '/dead-letters',
    '/incidents',
    '/quality',
    '/metrics',
  ])
    expect([path, (await api.get(path)).status]).toEqual([path, 200]);
  expect((await api.get<Health>('/health')).body.components.database.status).toBe('ok');
});

test('a query that takes too long is given up, by the server too', async () => {
  const api = await openApi(database.connectionString, { statementTimeoutMs: 200 });
  const blocker = await database.pool.connect();
  try {
    await blocker.query('begin; lock table gold.fact_events in access exclusive mode');
    const { status, body, headers } = await api.get<Problem>('/data');
    expect(status).toBe(504);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body).toMatchObject({ status: 504, title: 'Gateway Timeout' });
    const running = () =>
      database.value(
        `select count(*)::int from pg_stat_activity where application_name = 'assay api' and state = 'active' and datname = current_database()`,
      );
    await until(async () => (await running()) === 0, 'nothing runs any more');
  } finally {
    await blocker.query('rollback');
    blocker.release();
  }
  expect((await api.get('/data')).status).toBe(200);
});

describe('a database that goes away', () => {
  let proxy: FaultProxy;
  let api: TestApi;
  beforeAll(async () => {
    proxy = await startFaultProxy(database.connectionString);
    api = await openApi(proxy.connectionString, { statementTimeoutMs: 500 });
  });
  afterAll(() => proxy.stop());

  async function expectDown(): Promise<void> {
    const { status, body } = await api.get<Health>('/health');
    expect([status, body.status, body.components.database.status]).toEqual([
      503,
      'failed',
      'failed',
    ]);
    for (const path of PATHS) {
      const {
        status: found,
        headers,
        body: problem,
      } = await api.get<Problem>(`${path}?since=2026-02-01`);
      if (path === '/stats') continue;
      expect([path, [503, 504].includes(found)]).toEqual([path, true]);
      expect(headers['content-type']).toBe('application/problem+json');
      expect(JSON.stringify(problem)).not.toMatch(/127\.0\.0\.1|postgres:|ECONN/);
    }
    expect(String((await api.get<string>('/metrics')).body)).toContain('assay_database_up 0');
    expect((await api.get('/health/live')).status).toBe(200);
  }

  async function expectUp(): Promise<void> {
    for (const path of PATHS) expect([path, (await api.get(path)).status]).toEqual([path, 200]);
    expect((await api.get<Health>('/health')).body.components.database.status).toBe('ok');
  }

  test('answers 503 meanwhile, says so in /health, and is back when the database is', async () => {
    await expectUp();
    proxy.blackHole();
    await expectDown();
    proxy.heal();
    proxy.cut();
    await expectUp();
  });

  test('a connection that ends under a query is one answer, not the end', async () => {
    const fault = proxy.arm({ kind: 'drop', statement: /api|dim_repos/i });
    const { status } = await api.get('/repos/ada/none');
    fault.disarm();
    expect([404, 503]).toContain(status);
    await expectUp();
  });
});

test('a database without a warehouse is told as that', async () => {
  const url = new URL(database.connectionString);
  url.pathname = '/postgres';
  const api = await openApi(url.href);
  const { status, body } = await api.get<Problem>('/data');
  expect(status).toBe(503);
  expect(body.detail).toContain('npm run setup-db');
  const health = await api.get<Health>('/health');
  expect(health.body.components.database.reason).toContain('setup-db');
});
