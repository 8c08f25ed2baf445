import { expect, test } from 'vitest';
import { scheduleHealing } from '../../apps/listener/heal/schedule-healing.ts';
import { silentLog } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();
const options = {
  config: { githubArchives: [], maxRetries: 0 },
  pool: database.pool,
  log: silentLog,
  signal: new AbortController().signal,
  maxFiles: 10,
};

test('heals on the schedule, and stops', async () => {
  const stop = scheduleHealing('* * * * * *', options);
  const count = async () =>
    Number(await database.value(`select count(*) from ops.pipeline_runs where pipeline = 'heal'`));
  await expect.poll(count, { timeout: 5_000 }).toBeGreaterThan(0);
  await stop();
  const stopped = await count();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await count()).toBe(stopped);
});
