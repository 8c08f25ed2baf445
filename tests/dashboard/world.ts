import { backfillHours } from '../../apps/listener/backfill/backfill-hours.ts';
import { createAccesses } from '../../apps/listener/github-access.ts';
import { createFeedMemory, walkFeed } from '../../apps/listener/walk-feed.ts';
import { createSimulator } from '../../apps/simulator/create-simulator.ts';
import { check } from '../quality/support.ts';
import { runTransform, silentLog } from '../support/run-transform.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { hoursAgo } from './fill.ts';

/** Loaded this many at a time, so that there are some runs to show. */
const HOURS_A_RUN = 6;

const nameOf = (hour: Date) => hour.toISOString().slice(0, 13);
/** Not padded, as archives name their files. */
const fileOf = (hour: Date) => `${nameOf(hour).slice(0, 10)}-${hour.getUTCHours()}`;

/**
 * Some hours of the simulator's GitHub up to a moment just past, as two archives caught them that each miss a part, and one a whole file, and
 * then as the listener sees it. Everything goes the way that real events go: read, cleaned, loaded, measured, checked.
 *
 * @returns the hour of which one archive has no file
 */
export async function fillWithWorld(
  database: TestDatabase,
  hourCount: number,
  now: number,
): Promise<Date> {
  const { signal } = new AbortController();
  const { pool, connectionString } = database;
  const missing = hoursAgo(Math.ceil(hourCount / 3), now);
  const simulator = createSimulator({
    epoch: now,
    historyHours: hourCount,
    eventsPerSecond: 0.12,
    badRowRate: 0.0005,
    archives: {
      '': { captureRate: 0.55, missingHours: [fileOf(missing)] },
      mirror: { captureRate: 0.4 },
    },
  });
  const url = await simulator.start();
  try {
    const githubArchives = [
      { name: 'gharchive', url },
      { name: 'archive:mirror', url: `${url}/mirror` },
    ];
    const config = { githubArchives, maxRetries: 1 };
    const hours = Array.from({ length: hourCount }, (_, index) =>
      nameOf(hoursAgo(hourCount - index, now)),
    );
    while (hours.length > 0) {
      const some = hours.splice(0, HOURS_A_RUN);
      await backfillHours({ pool, config, hours: some, log: silentLog, signal });
      await runTransform(connectionString);
    }
    const [access] = createAccesses(url, ['a-token-of-the-test'], Date.now);
    if (access === undefined) throw new Error('A token gives an access.');
    const options = { pool, log: silentLog, signal, inHand: signal, now: Date.now, maxRetries: 0 };
    await walkFeed('public', access, createFeedMemory(), options);
    await runTransform(connectionString);
    await check(database);
  } finally {
    await simulator.stop();
  }
  return missing;
}
