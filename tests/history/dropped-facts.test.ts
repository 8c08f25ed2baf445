// What an event that comes late says of names when retention has dropped the facts around it.
import { beforeEach, expect, test } from 'vitest';
import { dropExpired } from '../../apps/transformer/drop-expired.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { dropPastMonths, emptyWarehouse, useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();
const { pool, rows } = database;
beforeEach(async () => {
  await emptyWarehouse(database);
  await dropPastMonths(database);
});

const named = (id: string, name: string, login: string, created_at: string) =>
  makeEvent({ id, actor: { id: 10, login }, repo: { id: 7, name }, created_at });

test('an event that comes late does not outlast the latest name', async () => {
  await store(pool, [
    named('1', 'ada/engine', 'ada', '2025-01-05T01:00:00Z'),
    named('2', 'ada/engine', 'ada', '2025-01-05T09:00:00Z'),
  ]);
  await runTransform(database.connectionString);
  await pool.query('update ops.pipeline_watermarks set watermark = now()');
  const dropped = await dropExpired(
    pool,
    { bronze: 1, silver: 1, gold: 1 },
    '2025-02-10T00:00:00Z',
  );
  expect(dropped.filter(({ whyNot }) => whyNot !== undefined)).toEqual([]);

  await store(pool, [named('3', 'lovelace/engine', 'lovelace', '2025-01-05T05:00:00Z')]);
  await runTransform(database.connectionString);
  const said = (name: string, from: number) => ({ name, from: `2025-01-05 0${from}` });
  expect(
    await rows(
      `select repo_name as name, to_char(valid_from at time zone 'UTC', 'YYYY-MM-DD HH24') as "from" from gold.dim_repos_history order by valid_from`,
    ),
  ).toEqual([said('ada/engine', 1), said('lovelace/engine', 5), said('ada/engine', 9)]);
  expect(
    await rows(
      `select actor_login as name, to_char(valid_from at time zone 'UTC', 'YYYY-MM-DD HH24') as "from" from gold.dim_actors_history order by valid_from`,
    ),
  ).toEqual([said('ada', 1), said('lovelace', 5), said('ada', 9)]);
});
