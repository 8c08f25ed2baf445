// Each defect is planted into a healthy warehouse inside a transaction that is rolled back: what a check sees is real,
// and the next one finds the warehouse healthy again.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Queryable } from '../../apps/shared/database.ts';
import { listChecks } from '../../apps/transformer/quality/list-checks.ts';
import { runQuality } from '../../apps/transformer/quality/run-quality.ts';
import { silentLog } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { DEFECTS } from './defects.ts';
import { makeHealthy, SMALL } from './healthy-warehouse.ts';
import { findingsOf } from './support.ts';

const database = useTestDatabase();
const client = new pg.Client({ connectionString: database.connectionString });
beforeAll(async () => {
  await makeHealthy(database);
  await client.connect();
});
afterAll(() => client.end());

/** The same session with a savepoint in place of each transaction of its own. */
const inside = {
  query: (query: unknown, values?: unknown[]) => {
    const text = String(query);
    if (text.startsWith('begin')) return client.query('savepoint of_check');
    if (text === 'rollback') return client.query('rollback to savepoint of_check');
    return client.query(query as string, values);
  },
} as unknown as Queryable;

async function checkWith(sql: string) {
  await client.query('begin');
  try {
    await client.query(sql);
    return await runQuality({ client: inside, log: silentLog, part: 'all', settings: SMALL });
  } finally {
    await client.query('rollback');
  }
}

test('in a healthy warehouse every check passes, and none is skipped', async () => {
  const results = await checkWith('select');
  expect(results.filter(({ outcome }) => outcome.status !== 'pass')).toEqual([]);
  expect(results.length).toBe(listChecks(undefined).checks.length);
});

describe('each defect is caught by exactly the checks that should', () => {
  test.each(DEFECTS)('$what → $expected', async ({ sql, expected }) => {
    const findings = findingsOf(await checkWith(sql));
    expect(Object.keys(findings).sort(), JSON.stringify(findings)).toEqual(expected);
    for (const status of Object.values(findings)) expect(status).toMatch(/^(fail|warn)$/);
  });

  test('every check has a defect that only it can find', () => {
    const found = new Set(DEFECTS.flatMap(({ expected }) => expected));
    const names = listChecks(undefined).checks.map(({ name }) => name);
    expect(names.filter((name) => !found.has(name))).toEqual([]);
  });
});
