import { beforeEach, describe, expect, test } from 'vitest';
import { runQuery } from '../queries/run-query.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { ADA, ada, adasLife, countEverything, erase, findMentions, startAnew } from './support.ts';

const database = useTestDatabase();
const { pool, rows, value } = database;

beforeEach(() => startAnew(database));

const everything = () => [...adasLife('2026-02'), ...adasLife('2026-03')];

describe('a person whose events are removed', () => {
  test('leaves nothing, and what is left adds up with the receipt', async () => {
    const saved = await store(pool, everything());
    await store(pool, everything(), 'gharchive:2026-02-01-12');
    await runTransform(database.connectionString);
    const receipt = await erase(database, ADA.login, { removes: true });
    expect(await findMentions(database)).toEqual([]);
    // A push, a star and a push of before 2015, in each of two months.
    const counts = Object.fromEntries(
      receipt.rows.map(({ table, action, rows }) => [`${table} ${action}`, rows]),
    );
    expect(counts).toMatchObject({
      'bronze.raw_events removed': 6,
      'bronze.raw_events pseudonymised': 4,
      'bronze.sightings removed': 6,
      'silver.events removed': 6,
      'gold.fact_events removed': 6,
      'gold.dim_actors removed': 1,
    });
    expect(
      await rows(
        `select source, event_type, month::text, row_count::int from ops.erasure_counts
         where table_name = 'bronze.raw_events' and action = 'removed' order by month, event_type`,
      ),
    ).toEqual([
      { source: 'api:public', event_type: 'PushEvent', month: '2026-02-01', row_count: 2 },
      { source: 'api:public', event_type: 'WatchEvent', month: '2026-02-01', row_count: 1 },
      { source: 'api:public', event_type: 'PushEvent', month: '2026-03-01', row_count: 2 },
      { source: 'api:public', event_type: 'WatchEvent', month: '2026-03-01', row_count: 1 },
    ]);
    const stored = Number(await value('select count(*) from bronze.raw_events'));
    expect(stored + 6).toBe(saved.inserted);
    expect(await runQuery(database, 'health/silver-against-bronze', 'UTC')).toMatchObject([
      { bronze_count: 8, silver_count: 8, skipped_count: 0, surplus_count: 0 },
    ]);
    expect(await runQuery(database, 'health/facts-against-silver', 'UTC')).toMatchObject([
      { fact_count: 8, skipped_count: 0, surplus_count: 0 },
    ]);
    const coverage =
      'select hour, event_type, captured_count, counts_by_history from gold.feed_coverage order by 1, 2';
    const recounted = await rows(coverage);
    expect(await value('select sum(captured_count)::int from gold.feed_coverage')).toBe(8);
    await pool.query('select ops.reset_coverage()');
    await runTransform(database.connectionString);
    expect(await rows(coverage)).toEqual(recounted);
  });

  test('stays out when everything is loaded again, by all ways in', async () => {
    await store(pool, everything());
    await runTransform(database.connectionString);
    await erase(database, ADA.login, { removes: true });
    const before = await countEverything(database);
    expect(await store(pool, everything())).toMatchObject({
      fetched: 14,
      inserted: 0,
      duplicates: 14,
    });
    const texts = [...everything(), ...adasLife('2026-01')]
      .map((event) => JSON.stringify(event))
      .join('\u001e');
    expect(
      await rows(`select inserted::int, left_out from bronze.save_events($1, 21, 'file:a')`, [
        texts,
      ]),
    ).toEqual([{ inserted: 4, left_out: [] }]);
    await pool.query(
      `delete from bronze.raw_events where source = 'file:a'; truncate bronze.sightings`,
    );
    await pool.query('select ops.reset_silver(null)');
    await runTransform(database.connectionString);
    expect(await countEverything(database)).toEqual(before);
    expect(await findMentions(database)).toEqual([]);
  });

  test('may have been pseudonymised before', async () => {
    await store(pool, everything());
    await runTransform(database.connectionString);
    await erase(database, ADA.login);
    const receipt = await erase(database, ADA.login, { removes: true });
    expect(
      receipt.rows.find(({ table, action }) => table === 'gold.fact_events' && action === 'removed')
        ?.rows,
    ).toBe(6);
    expect(await value('select count(*)::int from bronze.raw_events')).toBe(8);
    expect(await value('select count(*)::int from gold.dim_actors where actor_id > 8e15')).toBe(0);
    expect(await store(pool, [makeEvent({ id: 'new', actor: ada })])).toMatchObject({
      inserted: 0,
      duplicates: 1,
    });
    expect(await rows('select removes, status from ops.erasures order by started_at')).toEqual([
      { removes: false, status: 'complete' },
      { removes: true, status: 'complete' },
    ]);
  });
});
