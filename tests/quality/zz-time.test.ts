import { test } from 'vitest';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { enterHistory, quietHours, storeHours } from './quiet-world.ts';
import { check } from './support.ts';
const database = useTestDatabase();
const DAY_MS = 86_400_000;
test('t', { timeout: 300000 }, async () => {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS; const first = today - 30 * DAY_MS;
  await enterHistory(database, quietHours(1, first - 56 * DAY_MS, 56 * 24));
  for (let day = 0; day < 16; day++) {
    const t0 = performance.now();
    await storeHours(database, quietHours(2 + day, first + day * DAY_MS, 24), new Date(first + (day + 1) * DAY_MS));
    const t1 = performance.now();
    await runTransform(database.connectionString, { lateArrivalGraceMinutes: 0 });
    const t2 = performance.now();
    await check(database, { checkedAt: new Date(first + (day + 1) * DAY_MS).toISOString() });
    console.log(Math.round(t1 - t0), Math.round(t2 - t1), Math.round(performance.now() - t2));
  }
  console.log(await database.rows(`select pipeline, steps, duration_ms from ops.pipeline_runs order by run_id desc limit 4`).then((r) => JSON.stringify(r)));
  console.log(await database.rows(`select check_name, duration_ms from ops.quality_results where run_id = (select max(run_id) from ops.quality_results) order by 2 desc limit 8`));
});
