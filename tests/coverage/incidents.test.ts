import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { warehousePath } from '../../apps/shared/project-root.ts';
import { useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();

test('every incident has a source, and seeding again changes nothing', async () => {
  const read = () => database.rows('select * from gold.dim_feed_incident order by incident_id');
  const before = await read();
  expect(before).toHaveLength(14);
  await database.pool.query(readFileSync(warehousePath('gold', 'seed_feed_incidents.sql'), 'utf8'));
  expect(await read()).toEqual(before);
  expect(
    await database.value(`select count(*)::int from gold.dim_feed_incident where source = ''`),
  ).toBe(0);
});

test.each([
  ['2015-01-04', []],
  ['2015-01-06', ['2015-01-05-missing-hours']],
  ['2018-10-22', ['2018-10-21-missing-hours']],
  ['2021-10-26', ['2021-10-22-gap']],
  ['2021-11-05', []],
  ['2025-01-30', ['2025-01-30-window']],
  ['2025-01-31', []],
  ['2025-05-24', ['2025-05-23-first-page-pushes', '2025-05-24-crawler-clock']],
])('of %s the incidents known are %j', async (day, expected) => {
  const rows = await database.rows<{ incident_id: string }>(
    'select incident_id from gold.v_incidents_by_date where date_day = $1 order by incident_id',
    [day],
  );
  expect(rows.map(({ incident_id }) => incident_id)).toEqual(expected);
});
