import { beforeEach, expect, test } from 'vitest';
import { check, emptyQuality, findingsOf, poll } from '../quality/support.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { ADA, adasLife, erase, findMentions, startAnew } from './support.ts';

const database = useTestDatabase();
beforeEach(async () => {
  await startAnew(database);
  await emptyQuality(database);
});

test.each([false, true])(
  'the checks find nothing that they did not find before (removed: %s)',
  async (removes) => {
    await poll(database, adasLife());
    await runTransform(database.connectionString);
    const before = findingsOf(await check(database));
    expect(await findMentions(database)).toContainEqual(
      expect.stringMatching(/^ops\.(quality|payload|column)/),
    );
    await erase(database, ADA.login, { removes });
    expect(await findMentions(database)).toEqual([]);
    await runTransform(database.connectionString);
    const after = findingsOf(await check(database, { isFull: true }));
    expect(Object.keys(after).filter((name) => !(name in before))).toEqual([]);
    expect(
      Object.values(after).filter((status) => status === 'fail' || status.startsWith('error')),
    ).toEqual([]);
  },
);
