import { beforeEach, describe, expect, test } from 'vitest';
import { listWatermarks, resetWatermark } from '../../apps/transformer/watermarks.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();
beforeEach(() => emptyWarehouse(database));

const run = () => runTransform(database.connectionString);
const facts = () =>
  database.rows(
    'select event_id, event_type, event_time, actor_id, repo_id from gold.fact_events order by event_id',
  );

async function fill(): Promise<void> {
  for (let id = 0; id < 5; id++) {
    await store(database.pool, [
      makeEvent({ id: `${id}a`, actor: { id: id + 1, login: `login${id}` } }),
      makeEvent({ id: `${id}b`, created_at: `2026-03-0${id + 1}T00:00:00Z` }),
    ]);
    await run();
  }
}

describe('watermarks', () => {
  test.each(['silver', 'gold'])(
    'after a reset of %s everything is built again, nothing lost or doubled',
    async (pipeline) => {
      await fill();
      const before = await facts();
      await resetWatermark(database.pool, pipeline, undefined);
      expect(await facts()).toEqual([]);
      expect(await run()).toEqual({ silver: pipeline === 'silver' ? 10 : 0, gold: 10 });
      expect(await facts()).toEqual(before);
      expect(await run()).toEqual({ silver: 0, gold: 0 });
    },
  );

  test.each(['silver', 'gold'])(
    'a reset of %s to a time removes what came later, and it is built again',
    async (pipeline) => {
      await fill();
      const before = await facts();
      const column = pipeline === 'silver' ? 'ingested_at' : 'processed_at';
      const time = (await database.value(
        `select to_char(max(${column}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') from silver.events where event_id = '2a'`,
      )) as string;
      await resetWatermark(database.pool, pipeline, time);
      expect(await facts()).toHaveLength(6);
      expect(await run()).toEqual({ silver: pipeline === 'silver' ? 4 : 0, gold: 4 });
      expect(await facts()).toEqual(before);
    },
  );

  test('shows how far the pipelines are, to the microsecond', async () => {
    await fill();
    const rows = await listWatermarks(database.pool, 5);
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(['gold', 'silver']));
    for (const { reached } of rows)
      expect(reached).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });

  test('a source is read again as if it never had been', async () => {
    await database.pool.query(
      `insert into ops.source_files (file_key, source, location, status) values ('/a/x.json', 'file:x.json', '/a/x.json', 'complete')`,
    );
    expect(await resetWatermark(database.pool, 'file:x.json', undefined)).toContain(
      'counts as never read',
    );
    expect(await database.value('select count(*)::int from ops.source_files')).toBe(0);
  });

  test('mistakes are told', async () => {
    await expect(resetWatermark(database.pool, 'platinum', undefined)).rejects.toThrow(
      'There is no pipeline and no source',
    );
    await expect(resetWatermark(database.pool, 'silver', 'yesterday')).rejects.toThrow(
      '"yesterday" is no time',
    );
  });

  test('while a transformer works nothing is reset', async () => {
    const client = await database.pool.connect();
    try {
      await client.query(`select pg_advisory_lock(hashtext('assay.transformer'))`);
      await expect(resetWatermark(database.pool, 'silver', undefined)).rejects.toThrow(
        'A transformer works on this warehouse',
      );
    } finally {
      await client.query('select pg_advisory_unlock_all()');
      client.release();
    }
  });
});
