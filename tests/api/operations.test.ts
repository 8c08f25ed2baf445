import { beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type {
  coverage,
  deadLetters,
  health,
  incidents,
  quality,
  runs,
} from '../../apps/api/schemas/operations.ts';
import type { stats } from '../../apps/api/schemas/stats.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { closeApisAfterwards, openApi, type TestApi } from './support.ts';

type Health = z.infer<typeof health>;

const database = useTestDatabase();
closeApisAfterwards();
let api: TestApi;

beforeEach(async () => {
  await emptyWarehouse(database);
  await database.rows('truncate ops.quality_results');
  // A new one each time: another keeps what it answered.
  api = await openApi(database.connectionString);
});

async function addPoll(ageSeconds: number, outcome = 'events', quota: number | null = 4000) {
  await database.rows(
    `insert into ops.polls (poll_id, walk_id, feed, page, polled_at, duration_ms, outcome, quota_limit, quota_remaining, recorded_at)
     select gen_random_uuid(), gen_random_uuid(), 'public', 1, at, 5, $2, 5000, $3, at
     from (select now() - make_interval(secs => $1)) as polled (at)`,
    [ageSeconds, outcome, quota],
  );
}

async function addRun(
  pipeline: string,
  status: string,
  hoursAgo: number,
  error: string | null = null,
) {
  await database.rows(
    `insert into ops.pipeline_runs (pipeline, status, started_at, finished_at, duration_ms, rows_in, rows_out, error)
     select $1, $2, at, at + interval '2 seconds', 2000, 10, 10, $4
     from (select now() - make_interval(mins => ($3::numeric * 60)::integer)) as started (at)`,
    [pipeline, status, hoursAgo, error],
  );
}

async function addResult(name: string, severity: string, status: string) {
  await database.rows(
    `insert into ops.quality_results (run_id, check_name, severity, layer, category, status, row_count, sample, duration_ms, checked_since, checked_until)
     values (1, $1, $2, 'gold', 'keys', $3, case when $3 = 'pass' then 0 else 3 end, '[{"secret": "row"}]', 4, '-infinity', now())`,
    [name, severity, status],
  );
}

describe('/health', () => {
  const read = () => api.get<Health>('/health');

  test('of a new warehouse is degraded: nothing is wrong and nothing runs', async () => {
    const { status, body, headers } = await read();
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body.status).toBe('degraded');
    expect(body.components.database).toMatchObject({ status: 'ok', reason: null });
    for (const name of ['listener', 'silver', 'gold', 'quality'] as const) {
      expect(body.components[name]).toMatchObject({ status: 'degraded', last_run_at: null });
      expect(body.components[name].reason).toMatch(/ever/);
      expect(body.components[name].lag_seconds).toBeNull();
    }
    // Rows wait now: for how long cannot be said either.
    await store(database.pool, [makeEvent()]);
    expect((await read()).body.components.silver.lag_seconds).toBeNull();
  });

  test('of a warehouse at work is ok', async () => {
    await addPoll(10);
    await store(database.pool, [makeEvent()]);
    await runTransform(database.connectionString);
    await addResult('keys_are_unique', 'fail', 'pass');
    const { status, body } = await read();
    expect([status, body.status]).toEqual([200, 'ok']);
    expect(body.components.listener.lag_seconds).toBeGreaterThanOrEqual(10);
    expect(body.components.gold).toMatchObject({ reason: null, lag_seconds: 0 });
    expect(body.components.gold.last_success_at).not.toBeNull();
  });

  test.each([
    ['a listener silent for four minutes', 240, 'degraded', 200],
    ['a listener silent for three hours', 10_800, 'failed', 503],
  ])('shows %s', async (_what, age, state, code) => {
    await addPoll(age);
    await addPoll(5, 'failed');
    const { status, body } = await read();
    expect(body.components.listener.status).toBe(state);
    expect([status, body.status]).toEqual([code, state]);
  });

  test('shows a run that failed without telling what it said, and forgets it after a good one', async () => {
    await addRun('gold', 'failed', 2, 'could not connect to 10.1.2.3');
    const { body, status } = await read();
    expect(status).toBe(200);
    expect(body.components.gold).toMatchObject({ status: 'degraded', last_success_at: null });
    expect(JSON.stringify(body)).not.toContain('10.1.2.3');
    await addRun('gold', 'success', 1);
    expect((await read()).body.components.gold.status).toBe('ok');
  });

  test('shows gold that was not loaded for too long while rows wait for it', async () => {
    await addRun('gold', 'success', 30);
    expect((await read()).body.components.gold.status).toBe('ok');
    await store(database.pool, [makeEvent()]);
    await runTransform(database.connectionString);
    await database.rows(
      `delete from ops.pipeline_runs where pipeline = 'gold' and started_at > now() - interval '1 hour'`,
    );
    await database.rows(
      `update ops.pipeline_watermarks set watermark = watermark - interval '1 hour' where pipeline = 'gold'`,
    );
    const { status, body } = await read();
    expect(status).toBe(503);
    expect(body.components.gold).toMatchObject({ status: 'failed' });
    expect(body.components.gold.lag_seconds).toBeGreaterThanOrEqual(3600);
  });

  test('shows checks: one that fails is a failure, one that warns is not', async () => {
    await addResult('mix_is_stable', 'warn', 'warn');
    expect((await read()).body.components.quality.status).toBe('degraded');
    await addResult('keys_are_unique', 'fail', 'fail');
    const { status, body } = await read();
    expect([status, body.components.quality.status]).toEqual([503, 'failed']);
  });

  test('/health/live tells of the API alone', async () => {
    expect(await api.get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });
});

describe('/runs', () => {
  test('shows the newest first, of a span, as many as asked for', async () => {
    await addRun('silver', 'success', 3);
    await addRun('gold', 'failed', 2, 'no space left\nat line 3');
    await addRun('gold', 'success', 1);
    const read = async (query: string) =>
      (await api.get<z.infer<typeof runs>>(`/runs${query}`)).body.items;
    expect((await read('')).map(({ pipeline, status }) => [pipeline, status])).toEqual([
      ['gold', 'success'],
      ['gold', 'failed'],
      ['silver', 'success'],
    ]);
    expect(await read('?limit=2')).toHaveLength(2);
    const since = new Date(Date.now() - 2.5 * 3_600_000).toISOString();
    const until = new Date(Date.now() - 1.5 * 3_600_000).toISOString();
    expect(await read(`?since=${since}&until=${until}`)).toMatchObject([
      { id: '2', error: 'no space left', duration_ms: 2000, rows_in: 10, rows_out: 10 },
    ]);
  });
});

describe('/dead-letters', () => {
  test('counts them by reason, and never shows what they hold', async () => {
    await store(database.pool, ['{"id": secret-token', '{"id": "1"}', '{"id": "2"}', makeEvent()]);
    await database.rows(
      `update bronze.dead_letter_queue set resolved_at = now(), resolution = 'discarded' where dead_letter_id = 3`,
    );
    const { body } = await api.get<z.infer<typeof deadLetters>>('/dead-letters');
    expect(body).toMatchObject({ open: 2, resolved: 1 });
    expect(body.by_reason.map(({ count }) => count)).toEqual([1, 1]);
    expect(body.latest.map(({ id }) => id)).toEqual(['2', '1']);
    expect(body.latest[0]).toMatchObject({ source: 'api:public', position: null, attempts: 1 });
    expect(JSON.stringify(body)).not.toContain('secret-token');
    const { body: before } = await api.get<z.infer<typeof deadLetters>>(
      '/dead-letters?until=2020-01-01',
    );
    expect(before).toEqual({ open: 0, resolved: 0, by_reason: [], latest: [] });
  });
});

describe('/incidents', () => {
  test('shows known incidents, gaps and failed runs that touch the span', async () => {
    await addRun('gold', 'failed', 1, 'no space left');
    await database.rows(
      `insert into ops.feed_gaps (kind, feed, gap_from, gap_to, note, status, healed_at, events_recovered)
       values ('outage', 'public', '2025-10-12T10:00:00Z', '2025-10-12T11:00:00Z', 'no answer for 1 hour', 'healed', now(), 12)`,
    );
    const read = async (query: string) =>
      (await api.get<z.infer<typeof incidents>>(`/incidents${query}`)).body.items;
    const all = await read('');
    expect(all[0]).toMatchObject({
      kind: 'failed_run',
      title: 'A run of gold failed',
      detail: 'no space left',
    });
    expect(all.length).toBeGreaterThan(10);
    const october = await read('?since=2025-10-12T10:30:00Z&until=2025-10-13');
    expect(october[0]).toEqual({
      kind: 'feed_gap',
      started_at: '2025-10-12T10:00:00Z',
      ended_at: '2025-10-12T11:00:00Z',
      title: 'public: no answer',
      detail: 'no answer for 1 hour; healed, 12 events recovered',
    });
    // Begun before and not over, but not what began and ended elsewhere.
    const titles = october.map(({ title }) => title);
    expect(titles).toContain('payloads trimmed');
    expect(titles.some((title) => title.startsWith('archive volume down'))).toBe(true);
    expect(titles).not.toContain('event id sequence restarted');
  });
});

describe('/quality', () => {
  test('shows the last result of each check, the worst first, without rows', async () => {
    await addResult('keys_are_unique', 'fail', 'fail');
    await addResult('keys_are_unique', 'fail', 'pass');
    await addResult('mix_is_stable', 'warn', 'warn');
    const { body } = await api.get<z.infer<typeof quality>>('/quality');
    expect(body.counts).toEqual({ pass: 1, warn: 1, fail: 0, error: 0, skipped: 0 });
    expect(body.checks.map(({ name, status }) => [name, status])).toEqual([
      ['mix_is_stable', 'warn'],
      ['keys_are_unique', 'pass'],
    ]);
    expect(JSON.stringify(body)).not.toContain('secret');
  });
});

describe('/coverage', () => {
  test('shows days, the present and gaps', async () => {
    await database.rows(
      `insert into gold.feed_coverage
         (hour, event_type, captured_count, own_count, archive_count, counts_by_source, counts_by_history, method, reason)
       values (date_trunc('hour', now()), 'PushEvent', 10, 10, 0, '{}', '{}', 'none', 'one source only'),
              ('2026-02-03T05:00:00Z', 'PushEvent', 7, 7, 0, '{}', '{}', 'none', 'one source only')`,
    );
    await database.rows(
      `insert into ops.feed_gaps (kind, feed, gap_from, gap_to) values ('outage', 'public', '2026-02-03', '2026-02-03T01:00Z')`,
    );
    const { body } = await api.get<z.infer<typeof coverage>>(
      '/coverage?since=2026-02-03&until=2026-02-03T12:00:00Z',
    );
    expect(body.days).toMatchObject([
      { day: '2026-02-03', hours: 1, captured: 7, unestimated: 7, capture_rate: null },
    ]);
    expect(body.gaps).toMatchObject({ open: 1, oldest_open_at: '2026-02-03T00:00:00Z' });
    expect(body.current.map(({ span }) => span)).toContain('today');
    const { body: now } = await api.get<z.infer<typeof coverage>>('/coverage');
    expect(now.days.map(({ captured }) => captured)).toEqual([10]);
  });
});

describe('/stats and /metrics', () => {
  beforeEach(async () => {
    await store(database.pool, [makeEvent({ id: '1' }), makeEvent({ id: '2' }), 'no event']);
    await runTransform(database.connectionString);
    await addRun('gold', 'failed', 1, 'no space left');
    await addPoll(10);
  });

  test('/stats tells what there is and how it went', async () => {
    const { body } = await api.get<z.infer<typeof stats>>('/stats');
    expect(body.tables.find(({ table }) => table === 'gold.fact_events')).toMatchObject({
      rows: 2,
      is_estimate: false,
    });
    expect(body.dead_letters).toEqual({ open: 1, resolved: 0 });
    expect(body.pipelines.find(({ pipeline }) => pipeline === 'gold')).toMatchObject({
      run_count: 2,
      failed_count: 1,
      rows_out: 12,
      last_failure_reason: 'no space left',
    });
    expect(body.feeds).toMatchObject([
      { feed: 'public', outcome: 'events', quota_remaining: 4000, quota_limit: 5000 },
    ]);
  });

  test('/metrics tells the same to Prometheus, and how requests went', async () => {
    await api.get('/stats');
    const { body, headers } = await api.get<string>('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0.0.4/);
    const value = (metric: string) =>
      Number(
        body
          .split('\n')
          .find((line) => line.startsWith(`${metric} `))
          ?.split(' ')
          .at(-1),
      );
    expect(value('assay_database_up')).toBe(1);
    expect(value('assay_table_rows{table="gold.fact_events"}')).toBe(2);
    expect(value('assay_dead_letters{state="open"}')).toBe(1);
    expect(value('assay_pipeline_failed_runs{pipeline="gold"}')).toBe(1);
    expect(value('assay_component_status{component="gold"}')).toBe(2);
    expect(value('assay_feed_quota_remaining{feed="public"}')).toBe(4000);
    expect(value('assay_pipeline_last_success_timestamp_seconds{pipeline="silver"}')).toBeCloseTo(
      Date.now() / 1000,
      -2,
    );
    expect(value('assay_http_request_duration_seconds_count{route="/stats",status="200"}')).toBe(1);
    expect(body).toContain('process_cpu_seconds_total');
  });
});
