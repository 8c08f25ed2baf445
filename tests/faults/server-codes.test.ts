import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { createFeedMemory, walkFeed } from '../../apps/listener/walk-feed.ts';
import { useBackfill } from '../backfill/support.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform, silentLog } from '../support/run-transform.ts';
import { casesOf } from './form.ts';

const { database, write, load, row } = useBackfill();

/** What PostgreSQL answers when it is somebody else's fault. */
const CODES = casesOf<[string, string]>(
  [
    ['40P01', 'deadlock'],
    ['53100', 'disk full'],
  ],
  [
    ['40001', 'serialization failure'],
    ['57P01', 'administrator command'],
    ['55P03', 'lock not available'],
    ['57P02', 'crash of another backend'],
    ['53300', 'too many connections'],
    ['53200', 'out of memory'],
    ['58030', 'input or output error'],
    ['25P04', 'transaction timeout'],
  ],
);

const NO_QUOTA = { limit: null, remaining: null, resetAt: null };
const TABLES = ['ops.polls', 'ops.source_files', 'silver.events', 'gold.dim_actors'];

/** Has the next statement that writes to each table fail with an SQLSTATE, once. */
async function failOnce(code: string): Promise<void> {
  for (const table of TABLES) {
    const name = `fail_${table.replace('.', '_')}`;
    // A sequence does not roll back with the statement that fails.
    await database.pool.query(`
      create sequence public.${name};
      create function public.${name}() returns trigger language plpgsql as $$
      begin
        if nextval('public.${name}') = ${table === 'ops.source_files' ? 3 : 1} then
          raise exception 'injected' using errcode = '${code}';
        end if;
        return null;
      end $$;
      create trigger ${name} after insert or update on ${table} for each statement execute function public.${name}()`);
  }
}

/** @returns how often each table was written to. */
async function attempts(): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of TABLES)
    found[table] = Number(
      await database.value(`select last_value from public.fail_${table.replace('.', '_')}`),
    );
  return found;
}

afterEach(async () => {
  for (const table of TABLES) {
    const name = `fail_${table.replace('.', '_')}`;
    await database.pool.query(
      `drop function if exists public.${name} cascade; drop sequence if exists public.${name}`,
    );
  }
});

async function poll(ids: number[]): Promise<void> {
  const signal = new AbortController().signal;
  const walk = await walkFeed(
    'public',
    {
      name: 'test',
      isAuthenticated: true,
      blockedUntil: 0,
      quota: NO_QUOTA,
      limitsInARow: 0,
      fetchPage: async () => ({
        kind: 'events',
        status: 200,
        quota: NO_QUOTA,
        pollIntervalSeconds: null,
        origin: 'github',
        items: ids.map((id) => Buffer.from(JSON.stringify(makeEvent({ id })))),
        etag: randomUUID(),
        isLast: true,
      }),
    },
    createFeedMemory(),
    { pool: database.pool, log: silentLog, signal, inHand: signal, now: Date.now, maxRetries: 0 },
  );
  expect(walk.counts).toMatchObject({ fetched: ids.length, inserted: ids.length });
}

describe('a server that answers once with', () => {
  test.each(CODES)(
    '%s (%s) costs the listener, the backfill and the transformer a retry, and no row',
    async (code) => {
      await failOnce(code);
      const path = write(
        'file.json',
        [11, 12, 13].map((id) => JSON.stringify(makeEvent({ id }))).join('\n'),
      );
      const [, [loaded]] = await Promise.all([poll([1, 2]), load(path)]);
      expect(loaded).toMatchObject({ inserted: 3, status: 'complete' });
      expect(await row('file:file.json')).toMatchObject({ fetched: '3', duplicates: '0' });
      expect(await runTransform(database.connectionString)).toEqual({ silver: 5, gold: 5 });
      for (const [table, times] of Object.entries(await attempts()))
        expect(times, table).toBeGreaterThan(table === 'ops.source_files' ? 3 : 1);
      expect(
        await database.rows(
          `select pipeline, status, retries from ops.pipeline_runs where pipeline <> 'maintain' order by 1`,
        ),
      ).toEqual([
        { pipeline: 'coverage', status: 'success', retries: 0 },
        { pipeline: 'gold', status: 'success', retries: 1 },
        { pipeline: 'silver', status: 'success', retries: 1 },
      ]);
      expect(await runTransform(database.connectionString)).toEqual({ silver: 0, gold: 0 });
    },
  );

  test('a code that does not pass stops the run at once and changes nothing', async () => {
    await failOnce('42501');
    await store(database.pool, [makeEvent()]);
    await expect(runTransform(database.connectionString)).rejects.toThrow('injected');
    expect(await attempts()).toMatchObject({ 'silver.events': 1 });
    expect(await database.value('select count(*)::int from silver.events')).toBe(0);
    expect(
      await database.value(`select status from ops.pipeline_runs where pipeline = 'silver'`),
    ).toBe('failed');
  });
});
