import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { createAccesses } from '../../apps/listener/github-access.ts';
import { healGaps } from '../../apps/listener/heal/heal-gaps.ts';
import { planHealing } from '../../apps/listener/heal/plan-healing.ts';
import { createFeedMemory, walkFeed } from '../../apps/listener/walk-feed.ts';
import type { ArchiveSource } from '../../apps/shared/config.ts';
import { createSimulator } from '../../apps/simulator/create-simulator.ts';
import type { ArchivePlan, Simulator } from '../../apps/simulator/simulator-types.ts';
import { silentLog } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { emptyCoverage, runCoverage } from './support.ts';

const database = useTestDatabase();
beforeEach(() => emptyCoverage(database));

const MINUTE = 60_000;
const START = Date.parse('2025-06-01T09:00:00Z');
const signal = new AbortController().signal;

async function startGitHub(archives: Record<string, ArchivePlan>) {
  const clock = { time: START };
  const simulator = createSimulator({
    seed: 5,
    epoch: START,
    historyHours: 1,
    eventsPerSecond: 0.5,
    rateLimit: 1_000_000,
    badRowRate: 0.01,
    now: () => clock.time,
    archives,
  });
  onTestFinished(() => simulator.stop());
  await simulator.start();
  return { simulator, clock };
}

/** Polls every five minutes, half of what the window holds, from the clock's time to another. */
async function listenUntil(simulator: Simulator, clock: { time: number }, end: string) {
  const now = () => clock.time;
  const [access] = createAccesses(simulator.url, ['t'], now);
  if (access === undefined) throw new Error('there is no access');
  const memory = createFeedMemory();
  const options = {
    pool: database.pool,
    log: silentLog,
    signal,
    inHand: signal,
    now,
    maxRetries: 0,
  };
  for (; clock.time <= Date.parse(end); clock.time += 5 * MINUTE)
    await walkFeed('public', access, memory, options);
}

const archivesAt = (url: string): ArchiveSource[] => [
  { name: 'gharchive', url },
  { name: 'archive:mirror', url: `${url}/mirror` },
];

const heal = (url: string, clock: { time: number }) =>
  healGaps({
    config: { githubArchives: archivesAt(url), maxRetries: 0 },
    pool: database.pool,
    log: silentLog,
    signal,
    maxFiles: 100,
    now: () => clock.time,
  });

const gaps = () =>
  database.rows(
    `select kind, feed, to_char(gap_from at time zone 'UTC', 'HH24:MI') as from, to_char(gap_to at time zone 'UTC', 'HH24:MI') as to, status
     from ops.feed_gaps order by gap_from, feed, kind`,
  );

/** What bronze has and what was offered, as sorted keys. */
async function compare(simulators: Simulator[]) {
  const offered = new Set<string>();
  for (const simulator of simulators)
    for (const { id, type, created_at } of simulator.offeredEvents())
      offered.add(`${id} ${type} ${created_at}`);
  const rows = await database.rows<{ key: string }>(
    `select event_id || ' ' || event_type || ' ' || coalesce(payload ->> 'created_at', 'null') as key from bronze.raw_events`,
  );
  expect(rows.map(({ key }) => key).sort()).toEqual([...offered].sort());
}

const INCOMPLETE: Record<string, ArchivePlan> = {
  '': { captureRate: 0.7, missingHours: ['2025-06-01-11'] },
  mirror: { captureRate: 0.6, emptyHours: ['2025-06-01-12'] },
};

test('an outage is healed from the archives, and bronze then holds all that was offered', async () => {
  const { simulator, clock } = await startGitHub(INCOMPLETE);
  await listenUntil(simulator, clock, '2025-06-01T10:25:00Z');
  clock.time = Date.parse('2025-06-01T12:40:00Z');
  await listenUntil(simulator, clock, '2025-06-01T13:00:00Z');
  await runCoverage(database);
  expect(await gaps()).toEqual([
    { kind: 'outage', feed: 'public', from: '10:25', to: '12:40', status: 'open' },
  ]);

  clock.time = Date.parse('2025-06-01T15:00:00Z');
  const archives = archivesAt(simulator.url).map(({ name }) => name);
  const plan = await planHealing(database.pool, {
    archives,
    lateHours: 1,
    maxFiles: 100,
    now: new Date(clock.time),
  });
  expect(plan.files.map(({ archive, hour }) => `${archive} ${hour}`)).toEqual(
    ['10', '11', '12', '13'].flatMap((hour) => [
      `archive:mirror 2025-06-01T${hour}`,
      `gharchive 2025-06-01T${hour}`,
    ]),
  );
  const before = Number(await database.value('select count(*) from bronze.raw_events'));
  const report = await heal(simulator.url, clock);
  const after = Number(await database.value('select count(*) from bronze.raw_events'));
  expect(report).toMatchObject({ closed: 1, stillOpen: 0, inserted: after - before });
  await compare([simulator]);
  const [gap] = await database.rows<{ healed_by: Record<string, number>; recovered: number }>(
    `select healed_by, events_recovered::int as recovered from ops.feed_gaps where status = 'healed'`,
  );
  const { gharchive = 0, 'archive:mirror': mirror = 0 } = gap?.healed_by ?? {};
  expect(gharchive + mirror).toBe(gap?.recovered);
  expect(gharchive).toBeGreaterThan(500);
  expect(mirror).toBeGreaterThan(500);

  // What the archives lack is a gap of its own.
  await runCoverage(database);
  const missing = [
    { kind: 'archive-missing', feed: 'gharchive', from: '11:00', to: '12:00', status: 'open' },
    { kind: 'archive-missing', feed: 'archive:mirror', from: '12:00', to: '13:00', status: 'open' },
  ];
  expect((await gaps()).slice(1)).toEqual(missing);

  // Tried again, only what is missing is asked for, and nothing is doubled.
  const requests = simulator.requests.length;
  expect(await heal(simulator.url, clock)).toMatchObject({ closed: 0, stillOpen: 2, inserted: 0 });
  expect(simulator.requests.length - requests).toBeLessThanOrEqual(3);
  expect((await gaps()).slice(1)).toEqual(missing);
  expect(
    await database.rows('select note from ops.feed_gaps where gap_id > 1 order by gap_from'),
  ).toEqual([
    { note: 'gharchive of 2025-06-01 11:00 UTC is missing' },
    { note: 'archive:mirror of 2025-06-01 12:00 UTC is empty' },
  ]);

  // The archives have repaired themselves.
  const repaired = await startGitHub({ '': { captureRate: 0.7 }, mirror: { captureRate: 0.6 } });
  repaired.clock.time = clock.time;
  expect(await heal(repaired.simulator.url, clock)).toMatchObject({ closed: 2, stillOpen: 0 });
  await compare([simulator, repaired.simulator]);
  expect(await heal(repaired.simulator.url, clock)).toMatchObject({ closed: 0, inserted: 0 });
});

test('an archive that breaks off keeps the gap open, with what came of it kept', async () => {
  const { simulator, clock } = await startGitHub({
    '': { captureRate: 0.7, truncatedHours: ['2025-06-01-11'] },
    mirror: { captureRate: 0.6 },
  });
  await listenUntil(simulator, clock, '2025-06-01T10:25:00Z');
  clock.time = Date.parse('2025-06-01T12:10:00Z');
  await listenUntil(simulator, clock, '2025-06-01T12:30:00Z');
  await runCoverage(database);
  clock.time = Date.parse('2025-06-01T15:00:00Z');
  expect(await heal(simulator.url, clock)).toMatchObject({ closed: 0, stillOpen: 1 });
  expect(await database.value('select note from ops.feed_gaps')).toBe(
    'gharchive of 2025-06-01 11:00 UTC is partial',
  );
  await compare([simulator]);
});

test('a warehouse of made-up events is not healed with real ones, and says so', async () => {
  const { simulator, clock } = await startGitHub({
    '': { captureRate: 1 },
    mirror: { captureRate: 0.6 },
  });
  await listenUntil(simulator, clock, '2025-06-01T10:25:00Z');
  clock.time = Date.parse('2025-06-01T12:10:00Z');
  await listenUntil(simulator, clock, '2025-06-01T12:30:00Z');
  await runCoverage(database);
  clock.time = Date.parse('2025-06-01T15:00:00Z');
  const before = await database.rows('select source, count(*) from bronze.raw_events group by 1');
  const hour = gzipSync(JSON.stringify({ id: '1', type: 'X' }));
  const real = createServer((_request, response) => void response.end(hour));
  onTestFinished(() => void real.close().closeAllConnections());
  await new Promise<void>((ready) => real.listen(0, '127.0.0.1', ready));
  const { port } = real.address() as AddressInfo;
  await expect(heal(`http://127.0.0.1:${port}`, clock)).rejects.toThrow(
    'holds the made-up events of a demo',
  );
  expect(await database.rows('select source, count(*) from bronze.raw_events group by 1')).toEqual(
    before,
  );
  expect(await heal(simulator.url, clock)).toMatchObject({ closed: 1 });
});

test('two do not heal at once', async () => {
  const { simulator, clock } = await startGitHub({});
  const holder = await database.pool.connect();
  await holder.query(`select pg_advisory_lock(hashtext('assay.heal'))`);
  expect(await heal(simulator.url, clock)).toBeUndefined();
  await holder.query(`select pg_advisory_unlock(hashtext('assay.heal'))`);
  holder.release();
  expect(await heal(simulator.url, clock)).toMatchObject({ closed: 0, stillOpen: 0 });
});
