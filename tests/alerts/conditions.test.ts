import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConditions, runConditions } from '../../apps/shared/alerts/conditions.ts';
import { loadConfig } from '../../apps/shared/config.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();
beforeEach(() => emptyWarehouse(database));

interface Found {
  condition: string;
  subject: string;
  severity: string;
  detail: string;
  since: string | null;
}

/** What the conditions of the project say, in a session of some time zone. */
async function find(environment: Record<string, string> = {}, zone = 'UTC'): Promise<Found[]> {
  const client = await database.pool.connect();
  try {
    await client.query(`set timezone = '${zone}'`);
    const { limits } = loadConfig(environment).alerts;
    const { found, faults } = await runConditions(client, readConditions(), limits);
    expect(faults).toEqual([]);
    return found as unknown as Found[];
  } finally {
    await client.query('reset timezone');
    client.release();
  }
}

const brief = (found: Found[]) =>
  found.map(({ condition, subject, severity }) => `${severity} ${condition} ${subject}`);

async function addRun(pipeline: string, status: string, ago: string, error?: string, rows = 10) {
  await database.pool.query(
    `insert into ops.pipeline_runs (pipeline, status, started_at, finished_at, error, rows_out)
     values ($1, $2, now() - $3::interval, now() - $3::interval, $4, $5)`,
    [pipeline, status, ago, error ?? null, rows],
  );
}

async function addPoll(feed: string, outcome: string, ago: string, error?: string, inserted = 0) {
  await database.pool.query(
    `insert into ops.polls (poll_id, walk_id, feed, page, polled_at, recorded_at, duration_ms, outcome, error, fetched, inserted)
     values (gen_random_uuid(), gen_random_uuid(), $1, 1, now() - $3::interval, now() - $3::interval, 5, $2, $4, $5, $5)`,
    [feed, outcome, ago, error ?? null, inserted],
  );
}

test('nothing is wrong with an empty warehouse', async () => {
  expect(await find()).toEqual([]);
});

test('nothing is wrong with one that works', async () => {
  await store(database.pool, [makeEvent()]);
  await addPoll('public', 'events', '1 minute', undefined, 1);
  await addPoll('public', 'not-modified', '0 seconds');
  await runTransform(database.connectionString);
  for (const zone of ['UTC', 'Pacific/Auckland']) expect(await find({}, zone)).toEqual([]);
});

describe('run_failed', () => {
  test('from the first failure to the next success, pipeline by pipeline', async () => {
    await addRun('silver', 'success', '4 hours');
    await addRun('silver', 'failed', '3 hours', 'disk full');
    await addRun('silver', 'failed', '2 hours', 'disk still full');
    await addRun('silver', 'running', '1 hour');
    await addRun('coverage', 'failed', '2 hours');
    await addRun('gold', 'failed', '5 hours', 'old');
    await addRun('gold', 'success', '4 hours');
    const found = await find();
    expect(brief(found)).toEqual(['warn run_failed coverage', 'fail run_failed silver']);
    expect(found[1]?.detail).toBe(
      'Runs of silver that failed without a success since: 2. The last reason: disk still full',
    );
    const age = Date.now() - new Date(found[1]?.since ?? '').getTime();
    expect(age / 3_600_000).toBeCloseTo(3, 2);
    await addRun('silver', 'success', '0 seconds');
    await addRun('coverage', 'success', '0 seconds');
    expect(await find()).toEqual([]);
  });
});

describe('gold_is_stale', () => {
  test('when the last good run is too long ago, in every time zone', async () => {
    await store(database.pool, [makeEvent()]);
    await addRun('gold', 'success', '27 hours');
    for (const zone of ['UTC', 'America/Los_Angeles']) {
      const [found] = await find({}, zone);
      expect(found).toMatchObject({ condition: 'gold_is_stale', severity: 'fail' });
      expect(found?.detail).toContain(
        String(
          await database.value(
            `select to_char(started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC' from ops.pipeline_runs`,
          ),
        ),
      );
    }
    expect(await find({ ALERT_STALE_HOURS: '28' })).toEqual([]);
    await addRun('gold', 'failed', '0 seconds');
    expect(brief(await find())).toContain('fail gold_is_stale gold');
    await addRun('gold', 'success', '0 seconds');
    expect(await find()).toEqual([]);
  });

  test('when it was never filled, since the first event', async () => {
    await store(database.pool, [makeEvent()]);
    expect(await find()).toEqual([]);
    await database.pool.query(
      `update bronze.raw_events set ingested_at = now() - interval '2 days'`,
    );
    const [found] = await find();
    expect(found).toMatchObject({ condition: 'gold_is_stale' });
    expect(found?.detail).toContain('was never filled');
  });

  test('not while there are no events', async () => {
    await addRun('gold', 'success', '27 hours');
    expect(await find()).toEqual([]);
  });
});

describe('backlog_grows', () => {
  test('when more waits than twice what runs moved, polls and files together', async () => {
    await store(database.pool, [makeEvent()]);
    await addRun('silver', 'success', '1 day', undefined, 40);
    await addRun('silver', 'success', '8 days', undefined, 100_000);
    await addPoll('public', 'events', '1 minute', undefined, 60);
    const few = { ALERT_BACKLOG_ROWS: '50' };
    expect(await find(few)).toEqual([]);
    await database.pool.query(
      `insert into ops.source_files (file_key, source, location, fetched, inserted) values ('f', 'file:f', 'f', 30, 30)`,
    );
    const [found] = await find(few);
    expect(found).toMatchObject({
      condition: 'backlog_grows',
      subject: 'bronze',
      severity: 'warn',
    });
    expect(found?.detail).toMatch(/^About 90 events .* \(40\)/);
    expect(await find()).toEqual([]);
    await runTransform(database.connectionString);
    await database.pool.query(
      `update ops.polls set recorded_at = now() - interval '1 hour'; update ops.source_files set updated_at = now() - interval '1 hour'`,
    );
    expect(await find(few)).toEqual([]);
  });
});

describe('token_refused', () => {
  test('fails when nothing answers, warns while another token works', async () => {
    await addPoll('public', 'token-refused', '30 hours', 'old trouble');
    await addPoll('public', 'events', '3 hours');
    expect(brief(await find({ ALERT_SILENT_HOURS: '30' }))).toEqual([]);
    for (const ago of ['170 minutes', '110 minutes', '50 minutes'])
      await addPoll('public', 'token-refused', ago, 'Bad credentials');
    const [found] = await find({ ALERT_SILENT_HOURS: '30' });
    expect(found).toMatchObject({ condition: 'token_refused', severity: 'fail' });
    expect(found?.detail).toContain('(Bad credentials). No feed can be read.');
    const age = Date.now() - new Date(found?.since ?? '').getTime();
    expect(age / 60_000).toBeCloseTo(170, 0);
    await addPoll('public', 'not-modified', '1 minute');
    expect(brief(await find())).toEqual(['warn token_refused GITHUB_TOKEN']);
  });
});

describe('feed_is_silent', () => {
  test('a feed that is not read any more, asked for or not', async () => {
    await addPoll('public', 'events', '3 hours');
    await addPoll('public', 'failed', '1 minute', 'HTTP 502');
    await addPoll('orgs/a', 'not-modified', '5 hours');
    await addPoll('orgs/b', 'events', '1 hour');
    await addPoll('orgs/given-up', 'events', '8 days');
    await addPoll('orgs/never-read', 'feed-refused', '1 minute', 'HTTP 404');
    const found = await find();
    expect(brief(found)).toEqual(['fail feed_is_silent orgs/a', 'fail feed_is_silent public']);
    expect(found[0]?.detail).toContain('Is the listener running?');
    expect(found[1]?.detail).toContain('GitHub has not answered it since: HTTP 502');
  });
});

describe('dead_letters_grow', () => {
  test('when many of a day are open, with the commonest reason', async () => {
    const bad = Array.from({ length: 6 }, (_, index) => `{"id":"${index}"}`);
    await store(database.pool, [...bad, '{"id":'], 'file:broken');
    expect(await find()).toEqual([]);
    const few = { ALERT_DEAD_LETTERS: '7' };
    const [found] = await find(few);
    expect(found).toMatchObject({ condition: 'dead_letters_grow', severity: 'warn' });
    expect(found?.detail).toMatch(/^7 items .* \(6, lately from file:broken\): /);
    await database.pool.query(
      `update bronze.dead_letter_queue set resolved_at = now(), resolution = 'discarded' where error_code = '22P02'`,
    );
    expect(await find(few)).toEqual([]);
  });
});

describe('quality_check_fails', () => {
  const addResult = (name: string, status: string, ago: string, rows: number | null = 3) =>
    database.pool.query(
      `insert into ops.quality_results (run_id, check_name, severity, layer, category, status, row_count, message, duration_ms, checked_since, checked_until, checked_at)
       values (1, $1, 'fail', 'gold', 'business', $2, $4, 'a reason', 1, now(), now(), now() - $3::interval)`,
      [name, status, ago, rows],
    );
  // As in 020_quality.sql.
  beforeEach(() =>
    database.pool.query(`
      create table if not exists ops.quality_results (
        result_id bigint generated always as identity primary key, run_id bigint not null, check_name text not null,
        severity text not null, layer text, category text, status text not null, row_count bigint,
        is_row_count_exact boolean not null default true, sample jsonb not null default '[]', message text,
        duration_ms bigint not null, checked_since timestamptz not null, checked_until timestamptz not null,
        checked_at timestamptz not null default now()
      );
      truncate ops.quality_results`),
  );

  afterEach(() => database.pool.query('truncate ops.quality_results'));

  test('the last result of each check counts, since its last good one', async () => {
    await addResult('a_passes', 'fail', '2 hours');
    await addResult('a_passes', 'pass', '1 hour', 0);
    await addResult('b_fails', 'pass', '4 hours', 0);
    await addResult('b_fails', 'fail', '3 hours', 7);
    await addResult('b_fails', 'fail', '1 hour', 8);
    await addResult('b_fails', 'skipped', '0 seconds', 0);
    await addResult('c_breaks', 'error', '1 hour', null);
    await addResult('d_warns', 'warn', '1 hour');
    await addResult('e_removed', 'fail', '3 days');
    const found = await find();
    expect(brief(found)).toEqual([
      'fail quality_check_fails b_fails',
      'warn quality_check_fails c_breaks',
      'warn quality_check_fails d_warns',
    ]);
    expect(found.map(({ detail }) => detail)).toEqual([
      '8 rows of gold are not as the check claims. See npm run quality.',
      'The check could not be run: a reason',
      '3 rows of gold are not as the check claims. See npm run quality.',
    ]);
    const age = Date.now() - new Date(found[0]?.since ?? '').getTime();
    expect(age / 3_600_000).toBeCloseTo(3, 2);
  });
});

describe('payload_drift', () => {
  // As in 021_payload_fields.sql.
  beforeEach(() =>
    database.pool.query(`
      create table if not exists ops.payload_changes (
        change_id bigint generated always as identity primary key, kind text not null, event_type text not null,
        path text not null, json_type text not null, earlier_type text, since timestamptz not null,
        last_before timestamptz, count_before bigint not null, count_after bigint not null,
        example_event_id text not null, example text, found_at timestamptz not null default now()
      );
      truncate ops.payload_changes`),
  );

  test('one alert per type and time of finding, with what changed', async () => {
    await database.pool.query(`
      insert into ops.payload_changes (kind, event_type, path, json_type, earlier_type, since, count_before, count_after, example_event_id, found_at)
      select kind, 'PushEvent', path, json_type, earlier_type, timestamptz '2025-10-07T10:00:00Z', 50, 50, '1', timestamptz '2100-01-01T00:00:00Z'
      from (values
        ('vanished', 'payload.commits', 'array', null), ('retyped', 'payload.ref', 'object', 'string')
      ) as changes (kind, path, json_type, earlier_type)
      union all
      select 'new', 'CreateEvent', 'payload.f' || n, 'string', null, timestamptz '2025-10-07T10:00:00Z', 50, 50, '1', timestamptz '2100-01-01T00:00:00Z'
      from generate_series(1, 9) as n
      union all
      select 'new', 'ForkEvent', 'payload.old', 'string', null, timestamptz '2020-01-01T00:00:00Z', 50, 50, '1', timestamptz '2020-01-02T00:00:00Z'`);
    const found = await find();
    expect(brief(found)).toEqual([
      'warn payload_drift CreateEvent, found 2100-01-01 00:00 UTC',
      'warn payload_drift PushEvent, found 2100-01-01 00:00 UTC',
    ]);
    expect(found[0]?.detail).toMatch(/payload\.f8 and 1 more\. See/);
    expect(found[1]).toMatchObject({
      detail:
        'GitHub changed what it sends: vanished payload.commits, retyped payload.ref (object, was string). See ops.payload_changes.',
      is_news: true,
    });
  });
});

test('a file that somebody adds is a condition', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-conditions-'));
  try {
    writeFileSync(join(folder, 'b.sql'), '-- One row.\n-- Needs: ops.x, ops.y\nselect 1;\n\n');
    writeFileSync(join(folder, 'a.sql'), 'select 2');
    writeFileSync(join(folder, 'notes.md'), 'no condition');
    expect(readConditions(folder)).toEqual([
      { name: 'a', sql: 'select 2', needs: [] },
      {
        name: 'b',
        sql: '-- One row.\n-- Needs: ops.x, ops.y\nselect 1',
        needs: ['ops.x', 'ops.y'],
      },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
