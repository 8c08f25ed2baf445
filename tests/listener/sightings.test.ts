import { beforeEach, expect, test } from 'vitest';
import { makeEvent, store } from '../support/events.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();
beforeEach(() => emptyWarehouse(database));

test('each further kind of source that shows an event is noted once', async () => {
  const events = [makeEvent({ id: '1' }), makeEvent({ id: '2', created_at: 'unreadable' })];
  for (const source of [
    'api:public',
    'api:public',
    'api:orgs/x',
    'gharchive:2026-03-01-12',
    'api:repos/a/b',
    'file:x.json',
    'gharchive:2026-03-01-13',
  ]) {
    await store(database.pool, events, source);
  }
  expect(
    await database.rows(
      'select event_id, source_class, source from bronze.sightings order by event_id, source_class',
    ),
  ).toEqual(
    ['1', '2'].flatMap((event_id) => [
      { event_id, source_class: 'file', source: 'file:x.json' },
      { event_id, source_class: 'gharchive', source: 'gharchive:2026-03-01-12' },
      { event_id, source_class: 'own-feed', source: 'api:orgs/x' },
    ]),
  );
  expect(await database.value('select count(*)::int from bronze.raw_events')).toBe(2);
});

test.each([
  ['api:public', 'public-feed'],
  ['api:orgs/x', 'own-feed'],
  ['gharchive:2026-01-31-7', 'gharchive'],
  ['archive:mirror:2026-01-31-7', 'archive:mirror'],
  ['file:a:b.json', 'file'],
])('%s is %s', async (source, kind) => {
  expect(await database.value('select ops.source_class($1)', [source])).toBe(kind);
});
