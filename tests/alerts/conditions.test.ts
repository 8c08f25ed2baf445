import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
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
