import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Problem } from '../../apps/api/schemas/problem.ts';
import { openWarehouse } from '../../apps/api/warehouse.ts';
import { createPool } from '../../apps/shared/database.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { closeApisAfterwards, openApi, type TestApi } from './support.ts';

const database = useTestDatabase();
closeApisAfterwards();
const KEYS = ['first-key-0123456789', 'second-key-0123456789'];
const open = (options = {}) => openApi(database.connectionString, options);

beforeAll(async () => {
  await store(database.pool, [makeEvent()]);
  await runTransform(database.connectionString);
});

describe('keys', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await open({ keys: KEYS });
  });

  test.each([
    [{ authorization: `Bearer ${KEYS[0]}` }],
    [{ authorization: `bearer  ${KEYS[1]} ` }],
    [{ 'x-api-key': KEYS[1] ?? '' }],
  ])('let in whoever brings one: %o', async (headers) => {
    expect((await api.get('/data', headers)).status).toBe(200);
    expect((await api.get('/metrics', headers)).status).toBe(200);
  });

  test.each([
    [{}],
    [{ authorization: 'Bearer wrong' }],
    [{ authorization: `Basic ${KEYS[0]}` }],
    [{ 'x-api-key': `${KEYS[0]} ` }],
    [{ 'x-api-key': '' }],
    [{ 'x-api-key': KEYS.join(',') }],
  ])('keep out whoever does not: %o', async (headers) => {
    for (const path of ['/data', '/stats', '/repos/a/b', '/metrics', '/data?page=0']) {
      const { status, body, headers: answer } = await api.get<Problem>(path, headers);
      expect(status).toBe(401);
      expect(answer['www-authenticate']).toBe('Bearer');
      expect(body).toMatchObject({ status: 401, title: 'Unauthorized' });
    }
  });

  test('are needed for neither health nor what holds no data', async () => {
    for (const path of ['/health/live', '/openapi.json', '/docs'])
      expect((await api.get(path)).status).toBe(200);
    expect((await api.get('/health')).status).toBe(200);
  });
});

describe('the limit of requests', () => {
  test('answers 429 with the time to wait, and counts wrong keys too', async () => {
    const api = await open({ rateLimit: 3, keys: KEYS });
    const wrong = { 'x-api-key': 'wrong' };
    const states: number[] = [];
    for (let request = 0; request < 4; request++)
      states.push((await api.get('/types', wrong)).status);
    expect(states).toEqual([401, 401, 401, 429]);
    const { body, headers } = await api.get<Problem>('/types', wrong);
    expect(body).toMatchObject({ status: 429, title: 'Too Many Requests' });
    expect(headers['content-type']).toBe('application/problem+json');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    // Somebody with a key is somebody else; health is for everybody.
    expect((await api.get('/types', { 'x-api-key': KEYS[0] ?? '' })).status).toBe(200);
    expect((await api.get('/health')).status).toBe(200);
  });

  test('counts paths that are not there', async () => {
    const api = await open({ rateLimit: 2 });
    const states: number[] = [];
    for (let request = 0; request < 3; request++) states.push((await api.get('/nothing')).status);
    expect(states).toEqual([404, 404, 429]);
  });

  test('0 is none', async () => {
    const api = await open({ rateLimit: 0 });
    expect((await api.get('/types')).headers['x-ratelimit-limit']).toBeUndefined();
  });
});

describe('what browsers are told', () => {
  test('pages from elsewhere may read only where they are named', async () => {
    const api = await open({ corsOrigins: ['https://bi.example.org'] });
    const from = (origin: string) => api.get('/types', { origin });
    expect((await from('https://bi.example.org')).headers['access-control-allow-origin']).toBe(
      'https://bi.example.org',
    );
    expect((await from('https://evil.example')).headers['access-control-allow-origin']).toBe(
      undefined,
    );
    const closed = await open();
    const { headers } = await closed.get('/types', { origin: 'https://bi.example.org' });
    expect(headers['access-control-allow-origin']).toBe(undefined);
  });

  test('what may be asked is told before it is asked', async () => {
    const api = await open({ corsOrigins: ['https://bi.example.org'] });
    const ask = (headers: Record<string, string>) =>
      api.app.inject({ method: 'OPTIONS', url: '/types', headers });
    const origin = 'https://bi.example.org';
    const preflight = await ask({ origin, 'access-control-request-method': 'GET' });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, HEAD',
    });
    expect(await ask({})).toMatchObject({ statusCode: 204, body: '' });
  });

  test('nothing of another server may be loaded, and no script that is no file of ours', async () => {
    const api = await open();
    for (const path of ['/types', '/docs', '/nothing', '/health']) {
      const { headers } = await api.get(path);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  test('/docs loads nothing from elsewhere', async () => {
    const api = await open();
    const page = String((await api.get<string>('/docs')).body);
    const assets = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '');
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) expect(asset).toMatch(/^\.?\/docs\/|^\.\/static\//);
    expect(page).not.toMatch(/<script>|<style>/);
  });
});

describe('caching', () => {
  test('an answer that has not changed is not sent again', async () => {
    const api = await open();
    const { headers } = await api.get('/types');
    expect(headers['cache-control']).toMatch(/^private, max-age=\d+$/);
    const again = await api.get('/types', { 'if-none-match': String(headers.etag) });
    expect([again.status, again.body]).toEqual([304, '']);
    const other = await api.get('/types', { 'if-none-match': '"other"' });
    expect(other.status).toBe(200);
  });

  test('an error is told again, whatever the client has', async () => {
    const api = await open();
    for (const [path, status] of [
      ['/nothing', 404],
      ['/data?page=0', 400],
    ] as const) {
      const { headers } = await api.get(path);
      const again = await api.get(path, { 'if-none-match': String(headers.etag) });
      expect([path, again.status]).toEqual([path, status]);
    }
  });

  test('all pages share one count of what they are pages of', async () => {
    const counted: string[] = [];
    const pool = createPool({
      connectionString: database.connectionString,
      applicationName: 'api',
    });
    const warehouse = openWarehouse(pool);
    const api = await openApi(database.connectionString, {
      warehouse: {
        ...warehouse,
        row: (name, values) => {
          if (name === 'api/data-count') counted.push(name);
          return warehouse.row(name, values);
        },
      },
    });
    const totals: number[] = [];
    for (const query of ['page=1', 'page=2', 'page_size=1', 'type=PushEvent', 'type=ForkEvent'])
      totals.push((await api.get<{ total: number }>(`/data?${query}`)).body.total);
    await pool.end();
    expect(counted).toHaveLength(3);
    expect(totals[1]).toBe(totals[0]);
    expect(totals[4]).toBe(0);
  });

  test('of gold follows its loads', async () => {
    let now = Date.now();
    const api = await open({ now: () => new Date(now) });
    const total = async () => (await api.get<{ total: number }>('/data')).body.total;
    const before = await total();
    await store(database.pool, [makeEvent({ id: '2' })]);
    await runTransform(database.connectionString);
    now += 1_001;
    expect(await total()).toBe(before + 1);
  });
});

describe('requests that are none', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await open();
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'QUERY'] as const)(
    '%s is not allowed',
    async (method) => {
      for (const url of ['/data', '/health', '/nothing']) {
        const response = await api.app.inject({ method: method as 'POST', url });
        expect(response.statusCode).toBe(405);
        expect(response.headers.allow).toBe('GET, HEAD');
        expect(response.json<Problem>().status).toBe(405);
      }
    },
  );

  test('a URL that is too long is refused', async () => {
    const { status, body } = await api.get<Problem>(`/data?search=${'a'.repeat(3000)}`);
    expect(status).toBe(414);
    expect(body.status).toBe(414);
  });

  test('a path that cannot be decoded, or is not there, is a problem too', async () => {
    for (const [url, expected] of [
      ['/repos/%zz/b', 400],
      ['/repos/a', 404],
      ['/../../etc/passwd', 404],
      ['/assets/uplot/..%2f..%2fpackage.json', 404],
    ] as const) {
      const { status, headers } = await api.get<Problem>(url);
      expect([url, status]).toEqual([url, expected]);
      expect(headers['content-type']).toBe('application/problem+json');
    }
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'] as const)('%s is not there', async (method) => {
    const response = await api.app.inject({ method, url: '/data', payload: '{}' });
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.statusCode).toBeLessThan(500);
    expect(response.headers['content-type']).toBe('application/problem+json');
  });

  test('HEAD is GET without the body', async () => {
    const response = await api.app.inject({ method: 'HEAD', url: '/types' });
    expect([response.statusCode, response.body]).toEqual([200, '']);
  });

  const injections = [
    `'; drop table gold.fact_events; --`,
    `" or ""="`,
    `1) union select 1, current_user --`,
    `$$; select pg_sleep(9); $$`,
    `\\'; select 1; --`,
    `{1,2}'::bigint[]`,
    `%' or 'a' like '%`,
  ];
  test.each(injections)('what looks like SQL is text: %s', async (text) => {
    const given = encodeURIComponent(text);
    for (const name of ['type', 'repo', 'actor', 'source', 'search']) {
      const { status, body } = await api.get<{ total: number }>(`/data?${name}=${given}`);
      expect([name, status, body.total]).toEqual([name, 200, 0]);
    }
    for (const name of ['since', 'until', 'cursor', 'page'])
      expect((await api.get(`/data?${name}=${given}`)).status).toBe(400);
    expect((await api.get(`/repos/${given}/${given}`)).status).toBe(404);
    expect((await api.get(`/actors/${given}`)).status).toBe(404);
  });

  afterEach(async () => {
    expect(Number(await database.value('select count(*) from gold.fact_events'))).toBeGreaterThan(
      0,
    );
  });
});

test('a request that never comes whole is waited for in vain for ten seconds, and holds up no stop', async () => {
  const api = await open();
  const url = new URL(await api.app.listen({ port: 0, host: '127.0.0.1' }));
  const sendHalf = async () => {
    const socket = connect(Number(url.port), url.hostname);
    let heard = '';
    socket.on('data', (text) => {
      heard += text;
    });
    socket.on('error', () => {});
    socket.write('GET /health/live HTTP/1.1\r\nHost: a\r\n');
    const startedAt = performance.now();
    await once(socket, 'close');
    return { heard, ms: performance.now() - startedAt };
  };
  const { heard, ms } = await sendHalf();
  expect(heard).toMatch(/^HTTP\/1\.1 408 /);
  expect(ms).toBeLessThan(15_000);
  const late = sendHalf();
  await new Promise((done) => setTimeout(done, 200));
  const startedAt = performance.now();
  await api.app.close();
  expect(performance.now() - startedAt).toBeLessThan(7_000);
  await late;
}, 120_000);

test('the sessions of the API cannot write, whoever they are', async () => {
  const api = await open();
  for (const sql of [
    `insert into gold.dim_repos (repo_id, repo_name) values (1, 'a/b')`,
    `delete from gold.fact_events`,
    `create table gold.mine (n int)`,
  ])
    await expect(api.pool.query(sql)).rejects.toMatchObject({ code: '25006' });
});
