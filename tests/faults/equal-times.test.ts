import { beforeEach, describe, expect, test } from 'vitest';
import { runTransform } from '../support/run-transform.ts';
import { useProcesses } from '../support/spawn-process.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { casesOf } from './form.ts';

const database = useTestDatabase();
const start = useProcesses();
beforeEach(() => emptyWarehouse(database));

const run = (settings = {}) => runTransform(database.connectionString, settings);

/** Puts rows into bronze with a time of their own choosing. */
async function insert(ids: string, ingestedAt: string): Promise<void> {
  await database.pool.query(
    `insert into bronze.raw_events (event_id, event_type, created_at, source, payload, ingested_at)
     select id, 'PushEvent', '2026-03-01T12:00:00Z', 'api:public', '{}', ${ingestedAt} from ${ids} as v (id)`,
  );
}

const facts = () =>
  database.rows(
    'select count(*)::int as facts, count(distinct event_id)::int as events from gold.fact_events',
  );

describe('rows a microsecond apart', () => {
  test('each become one fact, whichever is read first, and so does one that has the watermark’s own time', async () => {
    const time = `timestamptz '2026-03-01 12:00:00.000001Z'`;
    for (let n = 0; n < 6; n++)
      await insert(`(values ('${n}'))`, `${time} + ${n} * interval '1 microsecond'`);
    // One row a slice: every bound falls between two of them.
    expect(await run({ silverBatchSize: 1 })).toEqual({ silver: 6, gold: 6 });
    expect(
      await database.value(
        `select (watermark = ${time} + 5 * interval '1 microsecond') from ops.pipeline_watermarks where pipeline = 'silver'`,
      ),
    ).toBe(true);
    await insert(`(values ('twin'))`, `${time} + 5 * interval '1 microsecond'`);
    await insert(`(values ('between'))`, `${time} + 2 * interval '1 microsecond'`);
    expect(await run({ silverBatchSize: 1 })).toEqual({ silver: 2, gold: 2 });
    expect(await run({ silverBatchSize: 1 })).toEqual({ silver: 0, gold: 0 });
    expect(await facts()).toEqual([{ facts: 8, events: 8 }]);
  });
});

describe('10,000 rows of one time, and as many around it', () => {
  test.each(
    casesOf(
      ['silver.between-slices'],
      ['silver.before-commit', 'silver.after-commit', 'gold.on-step:3'],
    ),
  )('killed at %s, the next run brings each to gold once', async (step) => {
    const time = `timestamptz '2026-03-01 12:00:00Z'`;
    await insert(
      `(select 'a' || n from generate_series(1, 5000) as n)`,
      `${time} - interval '1 second' + substr(id, 2)::int * interval '1 microsecond'`,
    );
    await insert(`(select 'b' || n from generate_series(1, 10000) as n)`, time);
    await insert(
      `(select 'c' || n from generate_series(1, 5000) as n)`,
      `${time} + substr(id, 2)::int * interval '1 microsecond'`,
    );
    const env = { DATABASE_URL: database.connectionString, SILVER_BATCH_SIZE: '3000' };
    const killed = start('apps/transformer/main.ts', ['--once'], {
      ...env,
      FAIL_MODE: `kill:${step}`,
    });
    expect(await killed.exited, killed.output()).toBeNull();
    const silver = Number(await database.value('select count(*) from silver.events'));
    if (!step.startsWith('gold')) expect(silver).toBeLessThan(20_000);
    const next = start('apps/transformer/main.ts', ['--once'], env);
    expect(await next.exited, next.output()).toBe(0);
    expect(await facts()).toEqual([{ facts: 20_000, events: 20_000 }]);
    expect(await run()).toEqual({ silver: 0, gold: 0 });
  });
});
