import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPool } from '../../apps/shared/database.ts';
import { openSession } from '../../apps/transformer/session.ts';
import { silentLog } from '../support/run-transform.ts';
import { createFrameSplitter, startupParametersOf } from '../support/split-frames.ts';
import { useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();

describe('a session of a role that counts in another time zone', () => {
  const role = `assay_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(database.connectionString);
  url.username = role;
  url.password = 'p';
  const SETTINGS = `select current_user as role, current_setting('timezone') as zone,
    current_setting('search_path') as path, timestamptz '2025-10-26T01:10:00Z' as time, timestamptz '2025-10-26T01:10:00Z'::text as text`;
  const UTC = {
    role,
    zone: 'UTC',
    time: new Date('2025-10-26T01:10:00Z'),
    text: '2025-10-26 01:10:00+00',
  };

  beforeAll(async () => {
    await database.pool.query(
      `create role ${pg.escapeIdentifier(role)} login password 'p';
       alter role ${pg.escapeIdentifier(role)} set timezone = 'Europe/London';
       alter role ${pg.escapeIdentifier(role)} set datestyle = 'SQL, DMY'`,
    );
  });
  afterAll(async () => {
    await database.pool.query(`drop role ${pg.escapeIdentifier(role)}`);
  });

  test.each([
    ['without', '', '"$user", public'],
    ['with', '?options=-c%20search_path%3Dgold%20-c%20timezone%3DAsia%2FTokyo', 'gold'],
  ])('counts in UTC, %s options of its connection string', async (_name, options, path) => {
    const connectionString = `${url.href}${options}`;
    const pool = createPool({ connectionString, applicationName: 'tests', max: 2 });
    try {
      const held = await pool.connect();
      const [first, second] = [await held.query(SETTINGS), await pool.query(SETTINGS)];
      held.release();
      for (const { rows } of [first, second]) expect(rows).toEqual([{ ...UTC, path }]);
    } finally {
      await pool.end();
    }
  });

  test('counts in UTC in the transformer', async () => {
    const { signal } = new AbortController();
    const opened = await openSession(url.href, silentLog, () => {}, false, signal);
    if (opened.kind !== 'locked') throw new Error('the lock is held by somebody');
    try {
      const { rows } = await opened.session.client.query(SETTINGS);
      expect(rows).toEqual([{ ...UTC, path: '"$user", public' }]);
    } finally {
      await opened.session.close();
    }
  });
});

test('a pool asks for its settings by statements: poolers refuse connections that begin with them', async () => {
  const asked: string[][] = [];
  const server = createServer((socket) => {
    const split = createFrameSplitter(() => true);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      for (const frame of split(chunk))
        asked.push([...(startupParametersOf(frame)?.keys() ?? [])].filter((name) => name !== ''));
      socket.destroy();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const options = { applicationName: 'tests', isReadOnly: true, statementTimeoutMs: 5_000 };
  const refused = createPool({ ...options, connectionString: `postgres://u@127.0.0.1:${port}/d` });
  await expect(refused.query('select 1')).rejects.toThrow();
  await refused.end();
  await new Promise((done) => server.close(done));
  expect(asked).toEqual([['user', 'database', 'application_name', 'client_encoding']]);

  const pool = createPool({ ...options, connectionString: database.connectionString });
  const { rows } = await pool.query(
    `select current_setting('idle_in_transaction_session_timeout') as idle, current_setting('statement_timeout') as statement,
       current_setting('default_transaction_read_only') as read_only`,
  );
  await pool.end();
  expect(rows).toEqual([{ idle: '5min', statement: '5s', read_only: 'on' }]);
});
