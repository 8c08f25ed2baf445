import { beforeEach, describe, expect, test } from 'vitest';
import { readStatus, type Status, sizeQuery } from '../../scripts/status/read-status.ts';
import { showStatus } from '../../scripts/status/show-status.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { openTestReader, runScript } from './support.ts';

const database = useTestDatabase();
beforeEach(() => emptyWarehouse(database));

const SCRIPT = 'scripts/status.ts';
const read = async () => readStatus((await openTestReader(database.connectionString)).client);

describe('readStatus', () => {
  test('of an empty warehouse knows that nothing has happened', async () => {
    const status = await read();
    expect(status).toMatchObject({
      transformer: null,
      feeds: [],
      last_runs: [],
      quality: { checked_at: null, check_count: 0, failed: [] },
      alerts: [],
      failed_runs: [],
      dead_letters: [],
    });
    expect(status.freshness.every((stage) => stage.newest_at === null)).toBe(true);
    const text = showStatus(status);
    expect(text).toContain('No feed was ever polled.');
    expect(text).toContain('The transformer has never run.');
    expect(text).toContain('dead letters  none open');
    expect(text).toContain('quality       never checked; npm run quality');
    expect(text).toContain('alerts        none stand');
  });

  test('counts in numbers and gives times as ISO 8601 in UTC', async () => {
    await store(database.pool, [makeEvent({ id: '1' }), makeEvent({ id: '2' })]);
    await runTransform(database.connectionString);
    await store(database.pool, [makeEvent({ id: '3' }), '{"id": 4']);
    const status = await read();
    expect(status.row_counts.find((row) => row.table_name === 'bronze.raw_events')?.row_count).toBe(
      3,
    );
    expect(status.backlog.map((row) => row.waiting_count)).toEqual([1, 0]);
    expect(status.dead_letters).toMatchObject([{ open_count: 1 }]);
    expect(status.last_runs.map((run) => [run.pipeline, run.status, run.rows_out])).toEqual([
      ['maintain', 'success', 0],
      ['silver', 'success', 2],
      ['gold', 'success', 2],
      ['coverage', 'success', 1],
    ]);
    expect(status.capture_rate).toEqual([]);
    expect(status.gaps).toMatchObject({ open_count: 0, last_healed_at: null });
    expect(status.warehouse.read_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(status.warehouse.database_bytes).toBeGreaterThan(1_000_000);
  });
});

describe('showStatus', () => {
  const feed = {
    feed: 'public',
    last_polled_at: '2026-03-01T12:00:00Z',
    age_seconds: 12,
    outcome: 'events',
    http_status: 200,
    error: null,
    fetched: 300,
    inserted: 120,
    duplicates: 178,
    dead_lettered: 2,
    walks_24h: 1440,
    overlapped_walks_24h: 1400,
    overlapped_percent_24h: 97.2,
    quota_limit: 5000,
    quota_remaining: 4321,
    quota_reset_at: '2026-03-01T13:00:00Z',
  };
  const status: Status = {
    warehouse: {
      database_name: 'assay',
      server_port: 5432,
      server_version: '18.4',
      origin: 'github',
      origin_claimed_at: '2026-01-01T00:00:00Z',
      has_citus: false,
      read_at: '2026-03-01T12:00:12Z',
      database_bytes: 212_345_678,
    },
    transformer: { pid: 4711, client_address: '::1', connected_at: null, is_working: false },
    freshness: [
      { stage: 'bronze', newest_at: '2026-03-01T12:00:00Z', age_seconds: 12 },
      { stage: 'silver', newest_at: '2026-03-01T11:59:00Z', age_seconds: 72 },
      { stage: 'gold', newest_at: '2026-03-01T11:59:00Z', age_seconds: 72 },
      { stage: 'event', newest_at: '2026-03-01T11:54:00Z', age_seconds: 372 },
    ],
    backlog: [
      { pipeline: 'silver', waiting_count: 120, waiting_since: '2026-03-01T12:00:00Z' },
      { pipeline: 'gold', waiting_count: 0, waiting_since: null },
    ],
    row_counts: [
      {
        table_name: 'bronze.raw_events',
        row_count: 1_204_332,
        is_estimate: true,
        size_bytes: 1_204_332 * 1000,
        month_count: 3,
      },
      {
        table_name: 'silver.events',
        row_count: 1_204_212,
        is_estimate: true,
        size_bytes: 1_204_212 * 1000,
        month_count: 3,
      },
      {
        table_name: 'gold.fact_events',
        row_count: 999_999,
        is_estimate: false,
        size_bytes: 999_999 * 1000,
        month_count: 3,
      },
    ],
    feeds: [feed],
    last_runs: [
      {
        pipeline: 'silver',
        status: 'success',
        started_at: '2026-03-01T11:59:00Z',
        age_seconds: 72,
        duration_ms: 87,
        rows_out: 120,
        steps: [{ step: 'events', rows: 120, duration_ms: 80 }],
        error: null,
      },
      {
        pipeline: 'gold',
        status: 'running',
        started_at: '2026-03-01T12:00:11Z',
        age_seconds: 1,
        duration_ms: null,
        rows_out: null,
        steps: [],
        error: null,
      },
    ],
    failed_runs: [
      {
        run_id: 7,
        pipeline: 'gold',
        started_at: '2026-03-01T09:00:00Z',
        age_seconds: 10_812,
        error: 'out of room\nsecond line',
      },
    ],
    quality: {
      checked_at: '2026-03-01T11:59:12Z',
      check_count: 52,
      passed_count: 44,
      skipped_count: 3,
      failed: ['polls_conserve_items'],
      not_run: [],
      warned: ['a', 'b', 'c', 'd'],
    },
    alerts: [
      {
        condition: 'gold_is_stale',
        subject: 'gold',
        severity: 'fail',
        since: '2026-03-01T09:00:12Z',
        age_seconds: 10_800,
      },
    ],
    dead_letters: [
      { error_code: '22P02', open_count: 2, last_failed_at: '2026-03-01T10:00:12Z' },
      { error_code: '23502', open_count: 1, last_failed_at: '2026-03-01T09:00:00Z' },
    ],
    capture_rate: [
      {
        span: 'now',
        captured_count: 900,
        unestimated_count: 0,
        capture_rate: 0.1234,
        capture_rate_low: 0.1,
        capture_rate_high: 0.15,
      },
      {
        span: 'this month',
        captured_count: 1_200,
        unestimated_count: 1_200,
        capture_rate: null,
        capture_rate_low: null,
        capture_rate_high: null,
      },
    ],
    gaps: {
      open_count: 3,
      no_overlap_count: 2,
      outage_count: 0,
      archive_missing_count: 1,
      open_since: '2026-02-27T12:00:12Z',
      last_healed_at: '2026-03-01T09:00:12Z',
      last_healing_file_count: 48,
      last_healing_event_count: 7_200_000,
    },
  };

  test('fits on a screen and says it all', () => {
    expect(showStatus(status)).toBe(`\
warehouse    assay on port 5432 · PostgreSQL 18.4 · 212 MB · fed by GitHub
transformer  waiting for its schedule (server process 4711)

layer   newest                rows  on disk  waiting for it  what it counts
------  ---------  ---------------  -------  --------------  --------------------------------
poll    12 s ago                                             the last request to a feed
bronze  12 s ago   about 1,204,332   1.2 GB                  events stored
silver  1 min ago  about 1,204,212   1.2 GB             120  events cleaned
gold    1 min ago          999,999  1000 MB               0  facts
event   6 min ago                                            the newest fact, by its own time

feed    last poll  answer  fetched  new  known  refused  walks in 24 h  overlapped      quota left
------  ---------  ------  -------  ---  -----  -------  -------------  ----------  --------------
public  12 s ago   events      300  120    178        2          1,440      97.2 %  4,321 of 5,000

last run  status   started     took  rows  steps
--------  -------  ---------  -----  ----  ------------
silver    success  1 min ago  87 ms   120  events 80 ms
gold      running  1 s ago        -     -

dead letters  3 open, newest 2 h ago: 22P02 × 2, 23502 × 1
failed runs   1 in 24 h, last gold 3 h ago: out of room
quality       44 of 52 checks hold, 3 with too little to go by, 1 failed: polls_conserve_items, 4 warned: a, b, c and 1 more (1 min ago); npm run quality -- --last
alerts        1 stands: fail gold_is_stale: gold (3 h); npm run alerts -- list
captured      now 12.3 % (10.0 % to 15.0 %) · this month 1,200 events, of how many is not known
gaps          3 open (2 walks without overlap, 1 archive hours), the oldest 2 d ago; npm run heal
last healing  3 h ago: 48 files, 7,200,000 new events
`);
  });

  test('of many feeds shows the failing ones first', () => {
    const feeds = Array.from({ length: 30 }, (_, index) => ({ ...feed, feed: `orgs/${index}` }));
    const failing = {
      ...feed,
      feed: 'orgs/bad',
      outcome: 'failed',
      http_status: 502,
      error: 'bad gateway\nretry',
    };
    const text = showStatus({ ...status, feeds: [...feeds, failing] });
    expect(text).toMatch(/^orgs\/bad +12 s ago +failed/m);
    expect(text).toContain('orgs/bad: bad gateway\n');
    expect(text).toContain('and 21 more feeds; --json shows all');
  });

  test.each([
    [
      { pid: 1, client_address: null, connected_at: null, is_working: true },
      'working (server process 1)',
    ],
    [
      { pid: 1, client_address: null, connected_at: null, is_working: null },
      'connected (server process 1)',
    ],
    [null, 'none runs'],
  ])('tells whether a transformer works: %#', (transformer, expected) => {
    expect(showStatus({ ...status, transformer })).toContain(`transformer  ${expected}\n`);
  });

  test('names the simulator, and Citus', () => {
    const warehouse = { ...status.warehouse, origin: 'simulator', has_citus: true };
    expect(showStatus({ ...status, warehouse })).toContain(
      '18.4 with Citus · 212 MB · fed by the simulator',
    );
  });
});

test('the size of a Citus warehouse is asked of its workers', () => {
  expect(sizeQuery({ has_citus: true })).toBe('status/database-size-citus');
});

describe('npm run status', () => {
  test('prints text, or JSON', async () => {
    const env = { DATABASE_URL: database.connectionString };
    const text = await runScript(SCRIPT, [], env);
    expect([text.code, text.stderr]).toEqual([0, '']);
    expect(text.stdout).toMatch(/^warehouse {4}assay_test_/);
    const json = await runScript(SCRIPT, ['--json'], env);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({ transformer: null, feeds: [] });
  });

  test('fails where there is no warehouse', async () => {
    const { code, stdout, stderr } = await runScript(SCRIPT, [], {
      DATABASE_URL: database.connectionString.replace(/\/[^/]*$/, '/postgres'),
    });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('holds no warehouse yet');
    const missing = await runScript(SCRIPT, [], {
      DATABASE_URL: database.connectionString.replace(/\/[^/]*$/, '/nobody_made_this'),
    });
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('setup-db');
  });
});
