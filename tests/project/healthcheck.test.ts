import { beforeEach, describe, expect, test } from 'vitest';
import { openSession } from '../../apps/transformer/session.ts';
import { silentLog } from '../support/run-transform.ts';
import { useProcesses } from '../support/spawn-process.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();
const start = useProcesses();

beforeEach(() => emptyWarehouse(database));

async function check(subject: string, env: Record<string, string> = {}) {
  const spawned = start('scripts/healthcheck.ts', [subject], {
    DATABASE_URL: database.connectionString,
    ...env,
  });
  const exitCode = await spawned.exited;
  return { exitCode, said: spawned.output().trim() };
}

async function addPoll(secondsAgo: number, quota: { remaining: number; resetsIn: number }) {
  await database.pool.query(
    `insert into ops.polls (poll_id, walk_id, feed, page, polled_at, duration_ms, outcome, recorded_at,
       quota_limit, quota_remaining, quota_reset_at)
     select gen_random_uuid(), gen_random_uuid(), 'public', 1, at, 1, 'events', at, 60, $2, now() + make_interval(secs => $3)
     from (select now() - make_interval(secs => $1) as at)`,
    [secondsAgo, quota.remaining, quota.resetsIn],
  );
}

const plenty = { remaining: 4000, resetsIn: 1800 };

describe('the listener', () => {
  test('is unhealthy before its first poll', async () => {
    expect(await check('listener')).toEqual({
      exitCode: 1,
      said: 'unhealthy: there has been no poll yet',
    });
  });

  test('is healthy while polls come in', async () => {
    await addPoll(170, plenty);
    expect(await check('listener')).toMatchObject({ exitCode: 0 });
  });

  test('may be silent for three intervals where each brings news, longer where feeds are quiet', async () => {
    await addPoll(240, plenty);
    const answers = await Promise.all([
      check('listener'),
      check('listener', { POLL_INTERVAL_SECONDS: '90' }),
      check('listener', { FEEDS: 'orgs/assay' }),
    ]);
    expect(answers.map(({ exitCode }) => exitCode)).toEqual([1, 0, 0]);
    expect(answers[0]?.said).toMatch(/^unhealthy: the last poll was 2\d\d s ago, at most 18\d s/);
  });

  test('may wait for a quota that is used up or has to last, and no longer', async () => {
    // Twelve requests for an hour: a walk of three every 15 minutes.
    await addPoll(600, { remaining: 12, resetsIn: 3000 });
    expect(await check('listener')).toMatchObject({ exitCode: 0 });
    await emptyWarehouse(database);
    await addPoll(600, { remaining: 0, resetsIn: -300 });
    expect(await check('listener')).toMatchObject({ exitCode: 1 });
  });
});

describe('the transformer', () => {
  async function withTransformer<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = new AbortController();
    const opened = await openSession(database.connectionString, silentLog, () => {}, false, signal);
    if (opened.kind !== 'locked') throw new Error('another transformer has the lock');
    return await work().finally(opened.session.close);
  }

  test('is healthy while one holds the lock, and its last run did not fail', async () => {
    expect(await check('transformer')).toEqual({
      exitCode: 1,
      said: 'unhealthy: no transformer is at work on this warehouse',
    });
    await withTransformer(async () => {
      expect(await check('transformer')).toMatchObject({ exitCode: 0 });
      await database.pool.query(
        `insert into ops.pipeline_runs (pipeline, status, finished_at, error) values
           ('silver', 'success', now(), null), ('gold', 'failed', now(), E'out of space\\nwhile writing'), ('silver', 'running', null, null)`,
      );
      expect(await check('transformer')).toEqual({
        exitCode: 1,
        said: 'unhealthy: the last run of gold failed: out of space',
      });
    });
  });
});

test('a database that does not answer is told in one line, without its password', async () => {
  const { exitCode, said } = await check('listener', {
    DATABASE_URL: 'postgres://assay:hidden@127.0.0.1:1/assay',
  });
  expect(exitCode).toBe(1);
  expect(said).toMatch(/^unhealthy: the database did not answer: .+$/);
  expect(said).not.toContain('hidden');
});

test('an unknown process is refused', async () => {
  const { exitCode, said } = await check('everything');
  expect(exitCode).toBe(1);
  expect(said).toContain('listener or transformer');
});
