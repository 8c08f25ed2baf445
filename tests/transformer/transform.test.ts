import { beforeEach, describe, expect, test } from 'vitest';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();
beforeEach(() => emptyWarehouse(database));

describe('bronze to gold', () => {
  test('an event goes through all layers once, however often the transformer runs', async () => {
    await store(database.pool, [makeEvent()]);
    expect(await runTransform(database.connectionString)).toEqual({ silver: 1, gold: 1 });
    expect(await runTransform(database.connectionString)).toEqual({ silver: 0, gold: 0 });
    expect(
      await database.rows(
        'select event_id, date_id, actor_id::int, repo_id::int, event_hour from gold.fact_events',
      ),
    ).toEqual([{ event_id: '1', date_id: 20260301, actor_id: 10, repo_id: 20, event_hour: 12 }]);
  });
});
