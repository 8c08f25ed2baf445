import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { projectRoot } from '../../apps/shared/project-root.ts';
import { useBackfill } from '../backfill/support.ts';
import { type EventFields, makeEvent, store } from '../support/events.ts';
import { check, emptyQuality } from './support.ts';

const { database, load } = useBackfill();
beforeEach(() => emptyQuality(database));

/** Learns what is new. @returns how many changes it found. */
const learn = async () =>
  Number(await database.value('select changes_found from ops.learn_payload_fields(2000)'));

const changes = () =>
  database.rows(
    `select kind, event_type, path, json_type, earlier_type, since at time zone 'UTC' || '' as since,
       last_before at time zone 'UTC' || '' as last_before, count_before::int, count_after::int
     from ops.payload_changes order by event_type, kind, path`,
  );

let nextId = 0;
/** Stores pushes, a minute apart from a moment on. */
async function pushes(from: string, count: number, payload: (index: number) => EventFields) {
  const events = Array.from({ length: count }, (_, index) =>
    makeEvent({
      id: String(++nextId),
      created_at: new Date(Date.parse(from) + index * 60_000).toISOString(),
      payload: payload(index),
    }),
  );
  await store(database.pool, events);
}
const before = (index: number) => ({
  push_id: index,
  ref: 'main',
  size: 1,
  commits: [],
  config: { a: 1, b: 2 },
});
const trimmed = (index: number) => ({ push_id: index, ref: 'main', config: { a: 1, b: 2 } });

describe('fields that vanish', () => {
  test('are found once, with when and the last event that had them', async () => {
    await pushes('2025-10-01T00:00:00Z', 300, before);
    expect(await learn()).toBe(0);
    await pushes('2025-10-07T00:00:00Z', 10, trimmed);
    expect(await learn(), 'ten events may be chance').toBe(0);
    await pushes('2025-10-07T01:00:00Z', 15, trimmed);
    expect(await learn()).toBe(2);
    const found = {
      kind: 'vanished',
      event_type: 'PushEvent',
      earlier_type: null,
      since: '2025-10-07 00:00:00',
      last_before: '2025-10-01 04:59:00',
      count_before: 300,
      count_after: 25,
    };
    expect(await changes()).toEqual([
      { ...found, path: 'payload.commits', json_type: 'array' },
      { ...found, path: 'payload.size', json_type: 'number' },
    ]);
    await pushes('2025-10-08T00:00:00Z', 30, trimmed);
    expect(await learn()).toBe(0);
  });

  test('are found in one bulk load as well, whatever the order of loading', async () => {
    await pushes('2025-12-01T00:00:00Z', 40, trimmed);
    await pushes('2025-10-01T00:00:00Z', 300, before);
    expect(await learn()).toBe(2);
    expect((await changes()).map(({ since }) => since)).toEqual([
      '2025-12-01 00:00:00',
      '2025-12-01 00:00:00',
    ]);
  });

  test('an archive of old events loaded later is no change', async () => {
    await pushes('2026-01-01T00:00:00Z', 300, before);
    await learn();
    await pushes('2015-01-01T00:00:00Z', 100, before);
    expect(await learn()).toBe(0);
  });

  test('a field that only some events have is not missed', async () => {
    const optional = (index: number) => ({
      ...trimmed(index),
      ...(index % 2 === 0 ? { note: 'x' } : {}),
    });
    await pushes('2026-01-01T00:00:00Z', 300, optional);
    await learn();
    await pushes('2026-01-02T00:00:00Z', 60, trimmed);
    expect(await learn()).toBe(0);
  });

  test('of an object that vanished, the object alone is told', async () => {
    await pushes('2026-01-01T00:00:00Z', 300, trimmed);
    await learn();
    await pushes('2026-01-02T00:00:00Z', 30, (index) => ({ push_id: index, ref: 'main' }));
    expect(await learn()).toBe(1);
    expect((await changes()).map(({ path }) => path)).toEqual(['payload.config']);
  });
});

describe('fields that come', () => {
  test('are found with the first event that had them, and not while a type is new', async () => {
    await pushes('2026-01-01T00:00:00Z', 100, trimmed);
    await pushes('2026-01-02T00:00:00Z', 10, before);
    expect(await learn(), 'a hundred events are no baseline').toBe(0);
    await database.pool.query(
      'truncate ops.payload_fields, ops.payload_field_months, ops.payload_changes',
    );
    await pushes('2026-02-01T00:00:00Z', 250, trimmed);
    await learn();
    await pushes('2026-02-02T00:00:00Z', 3, (index) => ({ ...trimmed(index), mood: 'good' }));
    expect(await learn()).toBe(1);
    expect(await changes()).toEqual([
      {
        kind: 'new',
        event_type: 'PushEvent',
        path: 'payload.mood',
        json_type: 'string',
        earlier_type: null,
        since: '2026-02-02 00:00:00',
        last_before: null,
        count_before: 250,
        count_after: 3,
      },
    ]);
    expect(await database.value('select example from ops.payload_changes')).toBe('good');
  });

  test('a rare field that shows up for the first time is no news', async () => {
    await pushes('2026-01-01T00:00:00Z', 250, trimmed);
    await pushes('2026-01-02T00:00:00Z', 250, (index) =>
      index === 0 ? { ...trimmed(index), rare: 1 } : trimmed(index),
    );
    expect(await learn()).toBe(0);
  });
});

test('a field that changes its JSON type is found, null counts for none', async () => {
  await pushes('2026-01-01T00:00:00Z', 100, trimmed);
  await learn();
  await pushes('2026-01-02T00:00:00Z', 30, (index) => ({
    ...trimmed(index),
    ref: index < 20 ? null : 7,
  }));
  expect(await learn()).toBe(1);
  expect(await changes()).toEqual([
    {
      kind: 'retyped',
      event_type: 'PushEvent',
      path: 'payload.ref',
      json_type: 'number',
      earlier_type: 'string',
      since: '2026-01-02 00:20:00',
      last_before: '2026-01-01 01:39:00',
      count_before: 100,
      count_after: 10,
    },
  ]);
});

test('a single odd event changes no type', async () => {
  await pushes('2026-01-01T00:00:00Z', 300, trimmed);
  await learn();
  await pushes('2026-01-02T00:00:00Z', 1, (index) => ({ ...trimmed(index), ref: [] }));
  expect(await learn()).toBe(0);
});

test('hostile keys fill no table', async () => {
  for (let batch = 0; batch < 4; batch++)
    await pushes(`2026-01-0${batch + 1}T00:00:00Z`, 10, (index) =>
      Object.fromEntries(
        Array.from({ length: 100 }, (_, key) => [`k${batch}-${index}-${key}`, key]),
      ),
    );
  await learn();
  expect(await database.value('select count(*)::int from ops.payload_fields')).toBe(1000);
  expect(await database.value('select max(length(path)) < 201 from ops.payload_fields')).toBe(true);
});

test('learning costs what came in: what was learned is not read again', async () => {
  await pushes('2026-01-01T00:00:00Z', 50, trimmed);
  expect(await database.value('select events_read::int from ops.learn_payload_fields(30)')).toBe(
    30,
  );
  expect(await database.value('select events_read::int from ops.learn_payload_fields(30)')).toBe(0);
});

const realEvents = process.env.REAL_EVENTS_DIR ?? join(projectRoot, '..', 'shared', 'real-events');
test.skipIf(!existsSync(realEvents))(
  'the trimming of October 2025 is found in real events (skipped where there are none)',
  { timeout: 360_000 },
  async () => {
    const files = readdirSync(realEvents).filter((name) => /\.json(\.gz)?$/.test(name));
    await load(files.map((name) => join(realEvents, name)));
    const results = await check(database, { settings: {} });
    const drift = results.find(({ check: { name } }) => name === 'payload_fields_have_not_changed');
    expect(drift?.outcome.status).toBe('warn');
    const lost = (await changes()).filter(({ kind }) => kind === 'vanished');
    expect(lost.map(({ event_type, path }) => `${event_type} ${path}`)).toEqual([
      'PushEvent payload.commits',
      'PushEvent payload.distinct_size',
      'PushEvent payload.size',
    ]);
    for (const change of lost)
      expect(change).toMatchObject({
        last_before: '2025-01-01 15:00:38',
        since: '2025-12-15 00:00:00',
        count_after: 126,
      });
    const again = await check(database);
    expect(
      again.find(({ check: { name } }) => name === 'payload_fields_have_not_changed')?.outcome
        .status,
    ).toBe('pass');
  },
);
