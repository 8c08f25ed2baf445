import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { runScript } from '../scripts/support.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { ADA, ada, adasLife, erase, findMentions, startAnew } from './support.ts';

const database = useTestDatabase();
const { pool, rows, value } = database;
const run = (...args: string[]) =>
  runScript('scripts/erase.ts', args, { DATABASE_URL: database.connectionString });

beforeEach(() => startAnew(database));

test('the command shows, asks, erases, gives a receipt, and says the second time that nothing is left', async () => {
  await store(pool, adasLife());
  await runTransform(database.connectionString);
  const shown = await run('--actor', ADA.login, '--dry-run');
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  expect(shown.stdout).toMatch(/account 7654321098, 2 logins/);
  expect(shown.stdout).toMatch(/bronze\.raw_events +pseudonymised +5/);
  expect(await value('select count(*)::int from ops.erased_actors')).toBe(0);

  const unasked = await run('--actor', ADA.login);
  expect(unasked.code).toBe(1);
  expect(unasked.stderr).toContain('This cannot be undone. Say --yes');

  const erased = await run('--actor', String(ADA.id), '--yes');
  expect(erased).toMatchObject({ code: 0, stderr: '' });
  const [receipt] = await rows<{ erasure_id: string }>('select erasure_id from ops.erasures');
  expect(erased.stdout).toContain(`Receipt ${receipt?.erasure_id}: erased, erased-`);
  expect(erased.stdout).toContain('nothing is left');
  expect(await findMentions(database)).toEqual([]);

  const again = await run('--actor', ADA.login, '--yes');
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toContain('Nothing is left to erase');
  expect(await value('select count(*)::int from ops.erasures')).toBe(1);
});

test('the command refuses what would go wrong, and says what to do', async () => {
  await store(pool, [makeEvent({ id: '1', actor: ada })]);
  expect((await run('--actor', 'no login!')).stderr).toContain('is no login and no id');
  const fed = await runScript('scripts/erase.ts', ['--actor', ADA.login, '--yes'], {
    DATABASE_URL: database.connectionString,
    FEEDS: `public,users/${ADA.login}`,
  });
  expect(fed).toMatchObject({ code: 1 });
  expect(fed.stderr).toContain('FEEDS names this person');
  const common = Array.from({ length: 60 }, (_, n) => makeEvent({ id: `m${n}` }));
  await store(pool, [...common, makeEvent({ id: 'x', actor: { id: 5, login: 'main' } })]);
  expect((await run('--actor', 'main', '--yes')).stderr).toContain('is a common word');
});

test('while a transformer works, nothing is erased', async () => {
  const holder = await pool.connect();
  await holder.query(`select pg_advisory_lock(hashtext('assay.transformer'))`);
  try {
    expect((await run('--actor', ADA.login, '--yes')).stderr).toContain('A transformer works');
  } finally {
    await holder.query('select pg_advisory_unlock_all()');
    holder.release();
  }
}, 90_000);

test('whoever is storing events when an erasure begins is waited for', async () => {
  await store(pool, [makeEvent({ id: '1', actor: ada })]);
  const writer = await pool.connect();
  await writer.query('begin');
  await writer.query('select bronze.save_events($1, 1, $2)', [
    JSON.stringify(makeEvent({ id: '2', actor: ada })),
    'api:public',
  ]);
  const erasing = erase(database, ADA.login);
  await sleep(300);
  await writer.query('commit');
  writer.release();
  await erasing;
  expect(await value('select count(*)::int from bronze.raw_events')).toBe(2);
  expect(await findMentions(database)).toEqual([]);
});

test('what reports keep as examples is erased too, in tables of whatever name', async () => {
  await pool.query(`
    create table ops.findings (finding_id bigint generated always as identity primary key, sample jsonb, example text, names text[]);
    insert into ops.findings (sample, example, names) values
      ('[{"actor_id": ${ADA.id}, "actor_login": "${ADA.login}", "n": 1}]', '${ADA.id}', '{${ADA.login},bob}'),
      ('[{"actor_id": 11, "n": ${ADA.id}0}]', 'bob', null)`);
  try {
    await store(pool, [makeEvent({ id: '1', actor: ada })]);
    await pool.query(
      `insert into ops.pipeline_runs (pipeline, error) values ('silver', 'row of ${ADA.login} failed')`,
    );
    const receipt = await erase(database, ADA.login);
    expect(
      await rows('select sample, example, names from ops.findings order by finding_id'),
    ).toEqual([
      {
        sample: [{ actor_id: Number(receipt.pseudonymId), actor_login: receipt.pseudonym, n: 1 }],
        example: receipt.pseudonymId,
        names: [receipt.pseudonym, 'bob'],
      },
      { sample: [{ actor_id: 11, n: ADA.id * 10 }], example: 'bob', names: null },
    ]);
    expect(await value('select error from ops.pipeline_runs')).toBe(
      `row of ${receipt.pseudonym} failed`,
    );
  } finally {
    await pool.query('drop table ops.findings');
  }
});
