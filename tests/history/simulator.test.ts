// What the simulator renames has to show in the history, through all layers.
import { expect, test } from 'vitest';
import { startSimulator, walk } from '../simulator/support.ts';
import { store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { historyOf, type Said, storedHistory } from './support.ts';

const database = useTestDatabase();

interface Sent {
  created_at: string;
  actor: { id: number; login: string };
  repo: { id: number; name: string };
  org?: { login: string };
}

const EPOCH = Date.UTC(2026, 2, 1);

test('renames of the simulator show in the history, with the name of each event at its time', {
  timeout: 360_000,
}, async () => {
  const { url, clock } = await startSimulator({ seed: 7 });
  const sent: Sent[] = [];
  for (let walks = 0; walks < 16; walks++) {
    const items = await walk(url);
    await store(database.pool, items);
    if (walks % 5 === 4) await runTransform(database.connectionString);
    sent.push(...items.map((item) => JSON.parse(item.toString()) as Sent));
    clock.time += 15 * 60_000;
  }
  await runTransform(database.connectionString);

  const said = sent.map(
    ({ created_at, actor, repo, org }): Said => ({
      repo: repo.id,
      name: repo.name,
      org: org?.login ?? null,
      actor: actor.id,
      login: actor.login,
      second: (Date.parse(created_at) - EPOCH) / 1000,
    }),
  );
  const repos = historyOf(said, 'repo');
  const renamed = repos.filter(({ to }) => to !== null);
  expect(renamed.length).toBeGreaterThan(20);
  expect(await storedHistory(database, 'repo')).toEqual(repos);
  expect(await storedHistory(database, 'actor')).toEqual(historyOf(said, 'actor'));

  // But for names of one second, each event has the name it was sent with.
  const [row] = await database.rows<{ all: number; differing: number; in_today: number }>(
    `select count(*)::int as all,
       count(*) filter (where as_of.repo_name <> sent.repo_name)::int as differing,
       count(*) filter (where today.repo_name <> sent.repo_name)::int as in_today
     from silver.events as sent
     join gold.v_events_as_of as as_of using (event_id, event_type, event_time)
     join gold.v_events as today using (event_id, event_type, event_time)`,
  );
  expect(row?.all).toBe(new Set(sent.map((event) => JSON.stringify(event))).size);
  expect(row?.differing).toBe(0);
  expect(row?.in_today).toBeGreaterThan(20);
});
