// Thirty days in which nothing happens but chance: weekday and hour set the pace, counts scatter as Poisson does. The
// checks run each day as they are delivered. What they go by is the time of the made-up day.
import { expect, test } from 'vitest';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { enterHistory, quietHours, storeHours } from './quiet-world.ts';
import { check, findingsOf } from './support.ts';

const database = useTestDatabase();
const DAYS = 30;
const WEEKS_BEFORE = 8;
const SEED = 20260301;
const DAY_MS = 86_400_000;
/** All thirty days come in within minutes: reading them again with every run would only take time. */
const NO_GRACE = { lateArrivalGraceMinutes: 0 };

test(`no false alarm in ${DAYS} quiet days (seed ${SEED})`, { timeout: 900_000 }, async () => {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const first = today - DAYS * DAY_MS;
  await enterHistory(
    database,
    quietHours(SEED, first - WEEKS_BEFORE * 7 * DAY_MS, WEEKS_BEFORE * 7 * 24),
  );
  const alarms: Record<string, unknown> = {};
  let last: Awaited<ReturnType<typeof check>> = [];
  for (let day = 0; day < DAYS; day++) {
    const from = first + day * DAY_MS;
    const until = new Date(from + DAY_MS);
    await storeHours(database, quietHours(SEED + 1 + day, from, 24), until);
    await runTransform(database.connectionString, NO_GRACE);
    last = await check(database, {
      checkedAt: until.toISOString(),
      settings: { profile_rows: '1000' },
    });
    const findings = findingsOf(last);
    if (Object.keys(findings).length > 0)
      alarms[until.toISOString()] = last
        .filter(({ check: { name } }) => name in findings)
        .map(({ check: { name }, outcome }) => `${name}: ${outcome.message ?? outcome.sample}`);
  }
  expect(alarms).toEqual({});
  // By the end there is history enough for every check.
  expect(last.filter(({ outcome }) => outcome.status !== 'pass')).toEqual([]);

  // The same checks are not deaf: the next day with an eighth of its pushes.
  const until = new Date(today + DAY_MS);
  const odd = quietHours(SEED + 99, today, 24).map((count) =>
    count.event_type === 'PushEvent'
      ? { ...count, event_count: Math.floor(count.event_count / 8) }
      : count,
  );
  await storeHours(database, odd, until);
  await runTransform(database.connectionString, NO_GRACE);
  const findings = findingsOf(
    await check(database, {
      checkedAt: until.toISOString(),
      // A Saturday has fewer than the default asks for.
      settings: { profile_rows: '1000', mix_min_events: '500' },
    }),
  );
  expect(Object.keys(findings).sort()).toEqual(['hourly_volume_is_usual', 'type_mix_is_stable']);
});
