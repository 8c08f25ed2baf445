// A secret is planted in every variable that can hold one; then everything goes wrong that could make somebody print it. Every
// line of every process and log file is read afterwards, and every row of the book-keeping.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { environmentSchema, loadConfig } from '../../apps/shared/config.ts';
import { store } from '../support/events.ts';
import { until, useProcesses } from '../support/spawn-process.ts';
import { useRoles } from './support.ts';

const database = useRoles();
const run = useProcesses();
const logDir = mkdtempSync(join(tmpdir(), 'assay-secrets-'));

/** Characters that look different in JSON, in a URL and in base64. */
const secretOf = (what: string) => `planted-${what}"/s+ %41é!`;
const SECRETS = {
  tokenOne: 'ghp_plantedOne4711',
  tokenTwo: 'ghp_plantedTwo4712',
  owner: secretOf('owner'),
  listener: secretOf('listener'),
  transformer: secretOf('transformer'),
  reader: secretOf('reader'),
  api: secretOf('api'),
  archive: secretOf('archive'),
  slack: 'plantedSlackPath4713',
  webhook: 'plantedHookToken4714',
  smtp: secretOf('smtp'),
  metabase: secretOf('metabase'),
  metabaseUrl: secretOf('metabaseUrl'),
};
const suffix = Math.random().toString(36).slice(2, 10);
let github: Server;
let heard = '';
let environment: Record<string, string>;

/** Quotes in every answer what it was asked with, as an angry proxy might. */
async function startEcho(): Promise<Server> {
  let status = 500;
  const server = createServer(({ headers, url }, response) => {
    const asked = `${headers.authorization} ${Buffer.from(headers.authorization?.split(' ')[1] ?? '', 'base64')} ${url}`;
    heard += asked;
    status = status === 500 ? 401 : status === 401 ? 403 : status === 403 ? 404 : 500;
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-request': asked.replace(/[^ -~]/g, ''),
    });
    response.end(JSON.stringify({ message: `cannot serve ${asked}` }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

async function closedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

beforeAll(async () => {
  github = await startEcho();
  const urlOf = (role: keyof typeof SECRETS, name = `planted_${role}_${suffix}`) => {
    const url = new URL(database.connectionString);
    url.username = name;
    url.password = encodeURIComponent(SECRETS[role]);
    return url.href;
  };
  for (const role of ['owner', 'listener', 'transformer', 'reader'] as const) {
    await database.pool.query(
      `create role planted_${role}_${suffix} login password '${SECRETS[role]}' in role assay_${role}`,
    );
  }
  const { port } = github.address() as AddressInfo;
  environment = {
    LOG_DIR: logDir,
    LOG_LEVEL: 'trace',
    DATABASE_URL: urlOf('owner'),
    LISTENER_DATABASE_URL: urlOf('listener'),
    TRANSFORMER_DATABASE_URL: urlOf('transformer'),
    READER_DATABASE_URL: urlOf('reader'),
    DB_PASS: secretOf('pass'),
    GITHUB_TOKEN: `${SECRETS.tokenOne},${SECRETS.tokenTwo}`,
    GITHUB_API_URL: `http://127.0.0.1:${port}`,
    GITHUB_ARCHIVE_URL: `http://u:${encodeURIComponent(SECRETS.archive)}@127.0.0.1:${port}/a,closed=http://u:${encodeURIComponent(SECRETS.archive)}@127.0.0.1:${await closedPort()}`,
    ALERT_SLACK_WEBHOOK_URL: `http://127.0.0.1:${port}/services/${SECRETS.slack}`,
    ALERT_WEBHOOK_URL: `http://127.0.0.1:${port}/hook`,
    ALERT_WEBHOOK_TOKEN: SECRETS.webhook,
    ALERT_SMTP_URL: `smtp://u:${encodeURIComponent(SECRETS.smtp)}@127.0.0.1:${await closedPort()}`,
    ALERT_EMAIL_FROM: 'a@example.org',
    ALERT_EMAIL_TO: 'a@example.org',
    METABASE_URL: `http://127.0.0.1:${port}`,
    METABASE_ADMIN_EMAIL: 'a@example.org',
    METABASE_ADMIN_PASSWORD: SECRETS.metabase,
    FEEDS: 'public,orgs/x',
    MAX_RETRIES: '0',
  };
  await store(database.pool, ['no event', '{"id": 1}']);
});
afterAll(async () => {
  github?.close();
  rmSync(logDir, { recursive: true, force: true });
  for (const role of ['owner', 'listener', 'transformer', 'reader'])
    await database.pool.query(`drop role if exists planted_${role}_${suffix}`).catch(() => {});
});

function formsOf(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    encodeURI(secret),
    new URLSearchParams({ x: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(`u:${secret}`).toString('base64').replace(/=+$/, ''),
    // What no form of it can do without.
    /planted-?\w+/.exec(secret)?.[0] ?? secret,
  ];
}

function expectNoSecret(text: string, where: string): void {
  for (const secret of [...Object.values(SECRETS), secretOf('pass')])
    for (const form of formsOf(secret))
      expect(text.includes(form), `${form} in ${where}: ${text.slice(0, 3000)}`).toBe(false);
}

test('no secret is in any output, log file or row, whatever fails', async () => {
  const wrong = {
    LISTENER_DATABASE_URL: (environment.LISTENER_DATABASE_URL ?? '').replace(suffix, 'nobody'),
  };
  const gone = {
    LISTENER_DATABASE_URL: (environment.LISTENER_DATABASE_URL ?? '').replace(
      /:\d+\//,
      `:${await closedPort()}/`,
    ),
  };
  const credentials = { GITHUB_API_URL: `http://u:${encodeURIComponent(SECRETS.api)}@127.0.0.1:1` };
  const attempts: [string, string[], Record<string, string>, number | null][] = [
    ['apps/listener/main.ts', ['--once'], {}, 1],
    ['apps/listener/main.ts', ['--once'], credentials, 1],
    ['apps/listener/main.ts', ['--once'], wrong, 1],
    ['apps/listener/main.ts', ['--once'], gone, null],
    ['scripts/backfill.ts', ['--from', '2024-01-01T05', '--to', '2024-01-01T06'], {}, 1],
    ['scripts/heal.ts', ['--dry-run'], {}, 0],
    ['scripts/dead-letters.ts', ['list', '--json'], {}, 0],
    ['apps/transformer/main.ts', ['--once'], {}, 0],
    ['scripts/alerts.ts', ['test'], {}, 1],
    ['scripts/alerts.ts', ['check'], {}, null],
    ['scripts/metabase.ts', ['--timeout', '1'], {}, 1],
    [
      'scripts/metabase.ts',
      ['--timeout', '1'],
      { METABASE_URL: `http://u:${encodeURIComponent(SECRETS.metabaseUrl)}@127.0.0.1:1` },
      1,
    ],
    ['scripts/quality.ts', [], {}, null],
    ['scripts/status.ts', ['--json'], {}, 0],
    ['scripts/sql.ts', ['select * from pg_authid'], {}, 1],
    ['scripts/sql.ts', ['delete from gold.fact_events'], {}, 1],
    ['scripts/setup-db.ts', [], {}, 0],
    ['scripts/watermarks.ts', ['reset', 'nothing'], {}, 1],
    [
      'scripts/setup-db.ts',
      [],
      {
        DB_PORT: 'x',
        PGSSLMODE: 'prefer',
        FEEDS: 'no feed',
        GITHUB_ARCHIVE_URL: environment.GITHUB_ARCHIVE_URL?.replaceAll('http:', 'ftp:') ?? '',
      },
      1,
    ],
    ['scripts/setup-db.ts', [], { PGSSLMODE: 'require' }, 1],
  ];
  let printed = '';
  for (const [file, args, more, expected] of attempts) {
    const process = run(file, args, { ...environment, ...more });
    // One that waits for its database is stopped, some time after it said so.
    if (expected === null)
      process.child.stdout?.once('data', () =>
        setTimeout(() => process.child.kill('SIGTERM'), 2_000),
      );
    const code = await process.exited;
    if (expected !== null) expect(code, `${file}: ${process.output()}`).toBe(expected);
    expect(process.output(), file).not.toBe('');
    expectNoSecret(process.output(), `${file} ${args.join(' ')}`);
    printed += process.output();
  }
  // They were there to be found: sent, quoted back, and blanked out.
  expect(heard).toContain(SECRETS.tokenOne);
  expect(heard).toContain(SECRETS.archive);
  expect(heard).toContain(SECRETS.slack);
  expect(heard).toContain(SECRETS.webhook);
  expect(printed).toContain('[redacted]');

  const files = readdirSync(logDir);
  expect(files).toEqual(expect.arrayContaining(['bronze.log', 'pipeline.log']));
  for (const file of files)
    expectNoSecret(
      readFileSync(join(logDir, file), 'latin1') + readFileSync(join(logDir, file), 'utf8'),
      file,
    );

  const tables = await database.rows<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relkind = 'r' and (relnamespace = 'ops'::regnamespace or oid = 'bronze.dead_letter_queue'::regclass)`,
  );
  let rows = '';
  for (const { name } of tables)
    rows += JSON.stringify(
      await database.rows(`select row_to_json(kept)::text as row from ${name} as kept`),
    );
  expect(rows).toContain('[redacted]');
  expectNoSecret(rows, 'the book-keeping');
}, 540_000);

test('no key of the API is in its log, wherever a client puts it', async () => {
  const keys = [`planted-first"/+%41'4715`, 'planted-second-4716'];
  const api = run('apps/api/main.ts', [], {
    LOG_LEVEL: 'trace',
    // Whatever is asked fails, and is logged with its URL.
    DATABASE_URL: `postgres://u:planted-owner@127.0.0.1:${await closedPort()}/d`,
    API_PORT: '0',
    API_KEYS: keys.join(','),
  });
  await until(() => /the API answers at http\S+\d/.test(api.output()), 'it listens', 180_000);
  const [, address] = /the API answers at (http\S+:\d+)/.exec(api.output()) ?? [];
  for (const key of keys) {
    const given = encodeURIComponent(key);
    for (const path of [`/runs?since=2026-01-01`, `/data?search=${given}`, `/actors/${given}`]) {
      const answer = await fetch(`${address}${path}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      expect([path, answer.status]).toEqual([path, 503]);
      expect(await answer.text()).not.toContain('planted');
    }
    const refused = await fetch(`${address}/data?key=${given}`, { headers: { 'x-api-key': 'x' } });
    expect(refused.status).toBe(401);
  }
  expect(await api.end('SIGTERM')).toBe(0);
  expect(api.output()).toContain('[redacted]');
  for (const key of keys) for (const form of formsOf(key)) expect(api.output()).not.toContain(form);
}, 360_000);

test('every variable that can hold a secret is one that is blanked out', () => {
  const holders = Object.keys(environmentSchema.shape).filter(
    (name) => /URL|PASS|TOKEN|SECRET|KEYS?$/.test(name) && !/_FILE$|^PGSSLKEY$/.test(name),
  );
  expect(holders).toContain('API_KEYS');
  // Long enough for a key of the API.
  const plantedIn = (name: string) => `planted-in-${name}`;
  const schemeOf = (name: string) =>
    name.includes('DATABASE') ? 'postgres' : name.includes('SMTP') ? 'smtp' : 'https';
  const planted = Object.fromEntries(
    holders.map((name) => [
      name,
      name.endsWith('_URL') ? `${schemeOf(name)}://u:${plantedIn(name)}@h/d` : plantedIn(name),
    ]),
  );
  const { secrets } = loadConfig({
    ...planted,
    ALERT_EMAIL_FROM: 'a@example.org',
    ALERT_EMAIL_TO: 'a@example.org',
  });
  expect(holders.length).toBeGreaterThan(10);
  for (const name of holders) expect(secrets, name).toContain(plantedIn(name));
});
