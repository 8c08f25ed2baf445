import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { createAlertWatch } from '../../apps/shared/alerts/alert-watch.ts';
import { makeEvent, store } from '../support/events.ts';
import { silentLog } from '../support/run-transform.ts';
import { until, useProcesses } from '../support/spawn-process.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { useSimulators } from '../support/use-simulator.ts';
import { useHooks } from './support.ts';

const database = useTestDatabase();
const startHook = useHooks();
const startSimulator = useSimulators();
const startProcess = useProcesses();
beforeEach(() => emptyWarehouse(database));

describe('the processes tell', () => {
  test('the transformer, of a run that failed and of the next that did not', async () => {
    const hook = await startHook();
    const environment = {
      DATABASE_URL: database.connectionString,
      ALERT_SLACK_WEBHOOK_URL: hook.url,
      MAX_RETRIES: '0',
    };
    const transform = () =>
      startProcess('apps/transformer/main.ts', ['--once'], environment).exited;
    await store(database.pool, [makeEvent()]);
    await database.pool.query(
      `alter table gold.dim_actors add constraint no_ada check (actor_login <> 'ada')`,
    );
    expect(await transform()).toBe(1);
    expect(hook.requests.map(({ body }) => body.text)).toEqual([
      expect.stringContaining('FAIL: run_failed: gold'),
    ]);
    await database.pool.query('alter table gold.dim_actors drop constraint no_ada');
    expect(await transform()).toBe(0);
    expect(hook.requests.slice(1).map(({ body }) => body.text)).toEqual([
      expect.stringContaining('recovered: run_failed: gold'),
    ]);
  });

  test('the transformer ends well though the channel does not answer', async () => {
    const hook = await startHook();
    hook.answer = (response) => void response.writeHead(500).end();
    await store(database.pool, [makeEvent(), '{"no":"event"}']);
    const transformer = startProcess('apps/transformer/main.ts', ['--once'], {
      DATABASE_URL: database.connectionString,
      ALERT_SLACK_WEBHOOK_URL: hook.url,
      ALERT_DEAD_LETTERS: '1',
    });
    expect(await transformer.exited).toBe(0);
    expect(hook.requests).toHaveLength(1);
    expect(transformer.output()).toContain('the channel slack was not told');
    expect(transformer.output()).not.toContain('s3cret');
    expect(await database.value('select count(*)::int from gold.fact_events')).toBe(1);
  });

  test('the listener, of gold that goes stale while no transformer runs, once over a restart', async () => {
    const hook = await startHook();
    const simulator = await startSimulator();
    await addStaleRun();
    const listen = () =>
      startProcess('apps/listener/main.ts', [], {
        DATABASE_URL: database.connectionString,
        GITHUB_API_URL: simulator.url,
        ALERT_WEBHOOK_URL: hook.url,
        ALERT_CHECK_MINUTES: '0.01',
      });
    const first = listen();
    await until(() => hook.requests.length > 0, 'the listener has told');
    expect(hook.requests[0]?.body).toMatchObject({
      severity: 'fail',
      alerts: [{ condition: 'gold_is_stale', kind: 'new' }],
    });
    expect(hook.requests[0]?.path).toBe('/hook/s3cret');
    expect(first.output()).not.toContain('s3cret');
    await first.end('SIGTERM');
    const seen = await seenCount();
    listen();
    await until(async () => (await seenCount()) > seen, 'the next listener has looked');
    expect(hook.requests).toHaveLength(1);
  });

  test('npm run alerts -- check', async () => {
    const hook = await startHook();
    await addStaleRun();
    const check = (...words: string[]) =>
      startProcess('scripts/alerts.ts', words, {
        DATABASE_URL: database.connectionString,
        ALERT_WEBHOOK_URL: hook.url,
      });
    const first = check('check');
    expect(await first.exited).toBe(0);
    expect(first.output()).toMatch(/stands +fail +gold_is_stale +gold/);
    expect(hook.requests).toHaveLength(1);
    hook.answer = (response) => void response.writeHead(500).end();
    expect(await check('test').exited).toBe(1);
    const wrong = check('tell');
    expect(await wrong.exited).toBe(1);
    expect(wrong.output()).toContain('Usage: npm run alerts');
  });
});

describe('createAlertWatch', () => {
  test('one check at a time; requests during one become one more; a failure ends nothing', async () => {
    let running = 0;
    let most = 0;
    let count = 0;
    const watch = createAlertWatch(async () => {
      most = Math.max(most, ++running);
      count++;
      await sleep(20);
      running--;
      throw new Error('no');
    }, silentLog);
    for (let index = 0; index < 5; index++) watch.request();
    await until(() => count === 2 && running === 0, 'both checks have run');
    await sleep(30);
    expect({ most, count }).toEqual({ most: 1, count: 2 });
    watch.request();
    await watch.stop();
    expect({ running, count }).toEqual({ running: 0, count: 3 });
    watch.request();
    await sleep(30);
    expect(count).toBe(3);
  });
});

async function addStaleRun(): Promise<void> {
  await store(database.pool, [makeEvent()]);
  await database.pool.query(
    `insert into ops.pipeline_runs (pipeline, status, started_at, finished_at)
     values ('gold', 'success', now() - interval '2 days', now() - interval '2 days')`,
  );
}

async function seenCount(): Promise<number> {
  return Number((await database.value('select sum(seen_count) from ops.alerts')) ?? 0);
}
