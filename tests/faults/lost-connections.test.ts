import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Poll, savePage } from '../../apps/listener/save-page.ts';
import { createPool, type Pool } from '../../apps/shared/database.ts';
import { isTransient } from '../../apps/shared/errors.ts';
import { retry } from '../../apps/shared/retry.ts';
import { useBackfill } from '../backfill/support.ts';
import { makeEvent, store } from '../support/events.ts';
import { type FaultProxy, type StatementFault, startFaultProxy } from '../support/fault-proxy.ts';
import { runTransform } from '../support/run-transform.ts';
import { until, useProcesses } from '../support/spawn-process.ts';
import { casesOf } from './form.ts';

const { database, write, expectLedgerToBalance, row } = useBackfill();
const start = useProcesses();
let proxy: FaultProxy;
let pool: Pool;
beforeAll(async () => {
  proxy = await startFaultProxy(database.connectionString);
  pool = createPool({
    connectionString: proxy.connectionString,
    applicationName: 'listener',
    max: 2,
    queryTimeoutMs: 500,
  });
});
afterAll(async () => {
  await pool.end();
  await proxy.stop();
});
beforeEach(() => proxy.heal());

function makePoll(ids: string[]): Poll {
  return {
    pollId: randomUUID(),
    walkId: randomUUID(),
    feed: 'public',
    page: 1,
    polledAt: new Date(),
    durationMs: 1,
    outcome: {
      kind: 'events',
      status: 200,
      quota: { limit: null, remaining: null, resetAt: null },
      pollIntervalSeconds: null,
      origin: 'github',
      items: ids.map((id) => Buffer.from(JSON.stringify(makeEvent({ id })))),
      etag: null,
      isLast: true,
    },
  };
}

const save = (poll: Poll) =>
  retry(() => savePage(pool, poll), {
    retries: 20,
    baseMs: 50,
    maxMs: 200,
    isWorthRetrying: isTransient,
  });

const stored = () =>
  database.rows(
    `select (select count(*)::int from bronze.raw_events) as events, count(*)::int as polls,
       coalesce(sum(inserted), 0)::int as inserted, coalesce(sum(duplicates), 0)::int as duplicates from ops.polls`,
  );

describe('a page of a feed', () => {
  test.each(['drop', 'swallow'] as const)(
    'is stored and counted once when the connection ends at COMMIT (%s)',
    async (kind) => {
      const poll = makePoll(['1', '2', '3']);
      const fault = proxy.arm({ kind });
      const before = proxy.swallowed.length;
      await save(poll);
      expect(fault.happened()).toBe(true);
      // Swallowed: the server had committed, and nobody was told.
      expect(proxy.swallowed.slice(before)).toEqual(kind === 'swallow' ? ['COMMIT'] : []);
      expect(await stored()).toEqual([{ events: 3, polls: 1, inserted: 3, duplicates: 0 }]);
    },
  );

  test('is stored once when all goes dark in the middle and what was sent comes late', async () => {
    await save(makePoll(['0']));
    proxy.blackHole();
    const saving = save(makePoll(['1', '2']));
    await new Promise((go) => setTimeout(go, 1_200));
    proxy.heal();
    await saving;
    expect(await stored()).toEqual([{ events: 3, polls: 2, inserted: 3, duplicates: 0 }]);
  });

  test('is stored when its connection is half open and the server still waits on it, once the server ends that', async () => {
    // The first attempt holds its keys open on the server, which has not heard that the client is gone.
    const client = await pool.connect();
    await client.query('begin');
    await client.query(
      `insert into bronze.raw_events (event_id, event_type, created_at, source, payload)
       values ('1', 'PushEvent', '2026-03-01T12:00:00Z', 'api:public', '{}')`,
    );
    proxy.forget();
    await expect(client.query('commit')).rejects.toThrow('Query read timeout');
    client.release(true);
    const saving = save(makePoll(['1', '2']));
    await until(
      async () =>
        Number(
          await database.value(
            `select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
          ),
        ) > 0,
      'the second attempt waits for the first',
    );
    // What idle_in_transaction_session_timeout does after five minutes.
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction' and datname = current_database()`,
    );
    await saving;
    expect(await stored()).toEqual([{ events: 2, polls: 1, inserted: 2, duplicates: 0 }]);
  });
});

describe('a file', () => {
  test.each(casesOf<StatementFault['kind']>(['swallow'], ['drop']))(
    'is loaded and counted once when the connection ends at a COMMIT (%s)',
    async (kind) => {
      const lines = Array.from({ length: 500 }, (_, n) => JSON.stringify(makeEvent({ id: n + 1 })));
      const path = write('file.json', lines.join('\n'));
      const fault = proxy.arm({ kind, application: /backfill/ });
      const run = start('scripts/backfill.ts', ['--file', path], {
        DATABASE_URL: proxy.connectionString,
      });
      expect(await run.exited, run.output()).toBe(0);
      expect(fault.happened()).toBe(true);
      expect(await row('file:file.json')).toMatchObject({
        fetched: '500',
        inserted: '500',
        duplicates: '0',
        status: 'complete',
      });
      await expectLedgerToBalance();
    },
  );
});

describe('a run of the transformer', () => {
  test.each(
    casesOf<[string, StatementFault]>(
      [
        ['the reply to the COMMIT of silver is lost', { kind: 'swallow' }],
        ['the reply to the gold script is lost', { kind: 'swallow', statement: /fact_events/ }],
      ],
      [
        ['the COMMIT of silver does not arrive', { kind: 'drop' }],
        ['a slice of silver is lost', { kind: 'drop', statement: /from silver\.load_slice/ }],
        ['the reply to a slice is lost', { kind: 'swallow', statement: /silver\.load_slice/ }],
        ['the gold script does not arrive', { kind: 'drop', statement: /fact_events/ }],
        ['the reply to coverage is lost', { kind: 'swallow', statement: /load_feed_coverage/ }],
      ],
    ),
  )('when %s: it fails, and the next one makes everything right', async (_name, fault) => {
    for (let id = 0; id < 6; id++) await store(database.pool, [makeEvent({ id })]);
    const { happened } = proxy.arm(fault);
    await expect(runTransform(proxy.connectionString, { silverBatchSize: 2 })).rejects.toThrow();
    expect(happened()).toBe(true);
    await runTransform(proxy.connectionString, { silverBatchSize: 2 });
    expect(await runTransform(proxy.connectionString)).toEqual({ silver: 0, gold: 0 });
    for (const table of ['bronze.raw_events', 'silver.events', 'gold.fact_events'])
      expect(await database.value(`select count(*)::int from ${table}`), table).toBe(6);
  });
});
