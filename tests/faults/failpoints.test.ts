import { beforeEach, describe, expect, test } from 'vitest';
import type { Failpoint } from '../../apps/shared/failpoint.ts';
import { auditDemo, findFaults } from '../../scripts/demo/audit.ts';
import { useBackfill } from '../backfill/support.ts';
import { makeEvent, store } from '../support/events.ts';
import { useProcesses } from '../support/spawn-process.ts';
import { dropPastMonths } from '../support/test-database.ts';
import { useSimulators } from '../support/use-simulator.ts';
import { casesOf } from './form.ts';

const { database, write, expectLedgerToBalance } = useBackfill();
const start = useProcesses();
const startSimulator = useSimulators();
beforeEach(() => dropPastMonths(database));

/** Runs a process that kills itself at a step, then one that does not. */
async function killThenRun(
  step: Failpoint,
  file: string,
  args: string[],
  env: Record<string, string>,
): Promise<void> {
  const settings = { DATABASE_URL: database.connectionString, ...env };
  const killed = start(file, args, { ...settings, FAIL_MODE: `kill:${step}` });
  expect(await killed.exited, killed.output()).toBeNull();
  expect(killed.child.signalCode).toBe('SIGKILL');
  for (let times = 0; times < 2; times++) {
    const next = start(file, args, settings);
    expect(await next.exited, next.output()).toBe(0);
  }
}

describe('the listener, killed', () => {
  test.each(
    casesOf<Failpoint>(
      ['listener.before-commit'],
      ['listener.after-fetch', 'listener.before-insert', 'listener.after-commit'],
    ),
  )('at %s: the next walk has everything that was offered, once', async (step) => {
    const simulator = await startSimulator({ eventsPerSecond: 2, badRowRate: 0.1 });
    const env = { GITHUB_API_URL: simulator.url, GITHUB_TOKEN: 'x' };
    await killThenRun(step, 'apps/listener/main.ts', ['--once'], env);
    const transformer = start('apps/transformer/main.ts', ['--once'], {
      DATABASE_URL: database.connectionString,
    });
    expect(await transformer.exited).toBe(0);
    expect(findFaults(await auditDemo(database.pool, simulator))).toEqual([]);
  });
});

describe('a backfill, killed', () => {
  test.each(
    casesOf<Failpoint>(
      ['backfill.after-commit'],
      [
        'backfill.before-insert',
        'backfill.before-commit',
        'backfill.before-end',
        'months.before-add',
        'months.after-add',
      ],
    ),
  )('at %s: the next one goes on, and the ledger tells each row once', async (step) => {
    const lines = Array.from({ length: 300 }, (_, n) =>
      JSON.stringify(makeEvent({ id: n + 1, created_at: '2024-07-01T00:00:00Z' })),
    );
    const path = write('file.json', lines.join('\n'));
    await killThenRun(step, 'scripts/backfill.ts', ['--file', path], {});
    expect(
      await database.rows(
        'select status, fetched::int, inserted::int, items_read::int from ops.source_files',
      ),
    ).toEqual([{ status: 'complete', fetched: 300, inserted: 300, items_read: 300 }]);
    expect(await database.value('select count(*)::int from bronze.raw_events')).toBe(300);
    await expectLedgerToBalance();
  });
});

describe('the transformer, killed', () => {
  const IDS = Array.from({ length: 40 }, (_, n) => String(n));

  async function fill(): Promise<void> {
    // Each a transaction of its own: slices end between any two.
    for (const id of IDS)
      await store(database.pool, [
        makeEvent({ id, created_at: `2024-0${1 + (Number(id) % 4)}-01T00:00:00Z` }),
      ]);
  }

  async function expectAll(): Promise<void> {
    expect(
      await database.rows(
        `select (select count(*)::int from bronze.raw_events) as bronze, (select count(*)::int from silver.events) as silver,
           (select count(*)::int from gold.fact_events) as facts, (select sum(captured_count)::int from gold.feed_coverage) as counted,
           (select count(*)::int from ops.pipeline_runs where status = 'running') as abandoned`,
      ),
    ).toEqual([{ bronze: 40, silver: 40, facts: 40, counted: 40, abandoned: 0 }]);
  }

  test.each(
    casesOf<Failpoint>(
      ['silver.between-slices'],
      [
        'months.before-add',
        'months.after-add',
        'silver.before-load',
        'silver.before-commit',
        'silver.after-commit',
        'gold.before-load',
        'gold.on-step',
        'gold.after-commit',
        'coverage.before-count',
        'coverage.after-count',
      ],
    ),
  )('at %s: the next run makes everything right', async (step) => {
    await fill();
    const env = { SILVER_BATCH_SIZE: '10' };
    await killThenRun(step, 'apps/transformer/main.ts', ['--once'], env);
    await expectAll();
  });

  test.each(casesOf<Failpoint>([], ['retention.before-drop', 'retention.after-drop']))(
    'at %s: what is past its retention goes once, and everything else stays',
    async (step) => {
      await fill();
      // The month of the newest row stays: its row is as new as the watermark.
      await store(database.pool, [makeEvent({ id: 'new', created_at: new Date().toISOString() })]);
      const env = { BRONZE_RETENTION_DAYS: '90', SILVER_RETENTION_DAYS: '150' };
      await killThenRun(step, 'apps/transformer/main.ts', ['--once'], env);
      expect(
        await database.rows(
          `select table_name, count(*)::int as months, sum(row_count)::int as rows from ops.dropped_partitions
           where row_count > 0 group by 1 order by 1`,
        ),
      ).toEqual([
        { table_name: 'bronze.raw_events', months: 4, rows: 40 },
        { table_name: 'silver.events', months: 4, rows: 40 },
      ]);
      expect(await database.value('select count(*)::int from gold.fact_events')).toBe(41);
      expect(await database.value('select count(*)::int from bronze.raw_events')).toBe(1);
    },
  );
});
