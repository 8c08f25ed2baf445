import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { warehousePath } from '../../apps/shared/project-root.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { enterWalks, range, runCoverage, show } from './support.ts';

const database = useTestDatabase();
const folder = warehousePath('queries', 'coverage');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

beforeAll(async () => {
  const at = new Date(Date.now() - 3_600_000).toISOString();
  const hour = `${at.slice(0, 10)}-${Number(at.slice(11, 13))}`;
  await enterWalks(database, [{ at }]);
  await show(database, 'api:public', range(1, 200), 'PushEvent', at);
  await show(database, `gharchive:${hour}`, range(151, 300), 'PushEvent', at);
  await show(database, `archive:mirror:${hour}`, range(171, 320), 'PushEvent', at);
  await database.pool.query(
    `insert into ops.feed_gaps (kind, feed, gap_from, gap_to) values ('outage', 'public', $1::timestamptz - interval '1 hour', $1)`,
    [at],
  );
  await runCoverage(database);
});

describe.each(readdirSync(folder))('%s', (name) => {
  test('says what one row is, and runs', async () => {
    const text = read(name);
    expect(text).toMatch(/^-- One row/);
    await database.rows(text);
  });
});

test('the capture rate of now, today and this month', async () => {
  const rows = await database.rows<{ span: string; captured_count: string; capture_rate: string }>(
    read('capture-rate.sql'),
  );
  // An hour ago it may have been yesterday, or last month.
  const now = rows.find(({ span }) => span === 'now');
  expect(now).toMatchObject({ captured_count: '320', capture_rate: expect.any(String) });
  for (const row of rows) expect(row.capture_rate).toBe(now?.capture_rate);
});

test('what depends on what', async () => {
  // Of 200 events we saw, gharchive has 171–200 with the mirror and 151–170 without, the mirror none alone.
  const rows = await database.rows(read('source-dependence.sql'));
  expect(rows).toHaveLength(3);
  expect(rows.find(({ seen_by }) => seen_by === 'public-feed')).toMatchObject({
    source_one: 'archive:mirror',
    source_two: 'gharchive',
    event_count: '200',
    odds_ratio: null,
  });
});

test('gaps and the last healing in one row', async () => {
  expect(await database.rows(read('gaps-and-healing.sql'))).toEqual([
    expect.objectContaining({ open_count: '1', outage_count: '1', last_healed_at: null }),
  ]);
});
