import { beforeEach, expect, test } from 'vitest';
import { check, emptyQuality, findingsOf, poll } from '../quality/support.ts';
import { makeEvent } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { ADA, ada, adasLife, erase, findMentions, startAnew } from './support.ts';

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

test('what was removed with a person excuses nothing that is lost later', async () => {
  await poll(database, adasLife());
  await runTransform(database.connectionString);
  await check(database);
  await erase(database, ADA.login, { removes: true });
  await poll(database, [makeEvent({ id: 'later-1' }), makeEvent({ id: 'later-2' })]);
  expect(findingsOf(await check(database))).not.toHaveProperty('polled_events_are_in_bronze');
  await database.pool.query(`delete from bronze.raw_events where event_id = 'later-1'`);
  expect(findingsOf(await check(database, { isFull: true }))).toMatchObject({
    polled_events_are_in_bronze: 'fail',
  });
});

test('alerts and files that name a person are no obstacle', async () => {
  const { pool, rows } = database;
  await poll(database, [makeEvent({ id: 'a', actor: ada })]);
  await runTransform(database.connectionString);
  await pool.query(
    `insert into ops.alerts (condition, subject, severity, detail, since) values
       ('feed_is_silent', 'users/${ADA.login}', 'fail', 'x', now()),
       ('feed_is_silent', 'users/${ADA.login.toUpperCase()}', 'fail', 'x', now()),
       ('feed_is_silent', 'public', 'fail', 'x', now())`,
  );
  await pool.query(
    `insert into ops.alert_notices (condition, subject, channel, told, severity)
     select condition, subject, 'log', 'standing', severity from ops.alerts`,
  );
  for (const login of [ADA.login, ADA.login.toLowerCase()])
    await pool.query(
      `insert into ops.source_files (file_key, source, location) values ($1, 'file:x', $1)`,
      [`/home/${login}/x.json`],
    );
  await erase(database, ADA.login);
  expect(await findMentions(database)).toEqual([]);
  expect(await rows('select subject from ops.alerts')).toEqual([{ subject: 'public' }]);
  expect(await rows('select count(distinct file_key)::int as keys from ops.source_files')).toEqual([
    { keys: 2 },
  ]);
});
