import { expect, test, vi } from 'vitest';
import { fuzzApi } from '../../scripts/fuzz-api/fuzz.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { closeApisAfterwards, openApi } from './support.ts';

// Each stops by itself long before, unless the machine is very slow.
const PATIENCE_MS = 600_000;
vi.setConfig({ testTimeout: 2 * PATIENCE_MS });

const database = useTestDatabase();
closeApisAfterwards();

test('whatever it is asked, it answers as its document says, and never 5xx', async () => {
  const events = Array.from({ length: 40 }, (_, index) =>
    makeEvent({
      id: `${index}`,
      type: index % 3 === 0 ? 'IssuesEvent' : 'PushEvent',
      actor: { id: index % 5, login: index % 2 === 0 ? `dev${index % 5}[bot]` : `dev${index % 5}` },
      repo: { id: index % 7, name: `owner${index % 3}/project-${index % 7}` },
      created_at: new Date(Date.now() - index * 3_600_000).toISOString().replace(/\.\d+/, ''),
    }),
  );
  await store(database.pool, [
    ...events,
    'no event',
    makeEvent({ id: 'a', created_at: '9999-12-31T23:59:59Z' }),
    makeEvent({ id: 'b', created_at: '0001-01-01T00:00:00Z' }),
  ]);
  await runTransform(database.connectionString);
  const { app } = await openApi(database.connectionString);
  const { fault, statuses, requests } = await fuzzApi(app, {
    runs: 1000,
    timeLimitMs: PATIENCE_MS,
    // The same each time: how often it meets which answer is looked at below. npm run fuzz-api draws others.
    seed: 2026,
  });
  expect(fault).toBeNull();
  expect(requests).toBeGreaterThan(100);
  for (const status of ['200', '400', '404']) expect(statuses[status]).toBeGreaterThan(5);
});

test('the fuzzer finds what is wrong', async () => {
  const { app } = await openApi(database.connectionString);
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.url.includes('limit=13')) reply.code(500);
    return payload;
  });
  const { fault } = await fuzzApi(app, { runs: 20_000, timeLimitMs: PATIENCE_MS });
  expect(fault?.url).toContain('limit=13');
  expect(fault?.what).toContain('answered 500');
});
