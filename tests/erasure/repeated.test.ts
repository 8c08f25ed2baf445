// Erasures that follow on others, meet other work, or were cut short.
import pg from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { addDeadLetters } from '../../apps/listener/add-dead-letters.ts';
import { findPerson } from '../../apps/transformer/erasure/find-person.ts';
import { maintain } from '../../apps/transformer/maintain.ts';
import { runQuality } from '../../apps/transformer/quality/run-quality.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform, silentLog } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { ADA, account, ada, adasLife, bob, erase, findMentions, startAnew } from './support.ts';

const database = useTestDatabase();
const { pool, rows, value } = database;

beforeEach(() => startAnew(database));

describe('an erasure', () => {
  test('that was cut short and is begun again in the other way keeps no name', async () => {
    await store(pool, adasLife());
    await runTransform(database.connectionString);
    await expect(erase(database, ADA.login, { stopAfter: 2 })).rejects.toThrow('killed');
    await erase(database, ADA.login, { removes: true });
    expect(await findMentions(database)).toEqual([]);
    expect(await rows('select status, removes, names_in_clear from ops.erasures')).toEqual([
      { status: 'complete', removes: true, names_in_clear: null },
    ]);
  });

  test('that removed stays one that removes', async () => {
    await store(pool, [makeEvent({ id: 'a', actor: ada })]);
    await runTransform(database.connectionString);
    await erase(database, ADA.login, { removes: true });
    await erase(database, ADA.login);
    expect(await store(pool, [makeEvent({ id: 'b', actor: ada })])).toMatchObject({ inserted: 0 });
  });

  test('of two people with one full name leaves them two people', async () => {
    const also = ['John Smith'];
    const carl = account('carl-x', 31337);
    await store(pool, [makeEvent({ id: 'a', actor: ada }), makeEvent({ id: 'b', actor: carl })]);
    await runTransform(database.connectionString);
    await erase(database, ADA.login, { also });
    await erase(database, 'carl-x', { also });
    expect(await value('select count(distinct actor_id)::int from gold.fact_events')).toBe(2);
    await store(pool, [makeEvent({ id: 'c', actor: carl, payload: { body: 'John Smith' } })]);
    expect(
      await value(`select count(distinct payload #>> '{actor,id}')::int from bronze.raw_events`),
    ).toBe(2);
    expect(await findMentions(database, '/carl-x|John Smith|Ada-Quux/')).toEqual([]);
  });

  test('of a text of any length leaves the way in open', async () => {
    await store(pool, [makeEvent({ id: 'a', actor: ada })]);
    const longest = 'Ada '.padEnd(200, 'x');
    await erase(database, ADA.login, { also: [longest] });
    expect(
      await store(pool, [makeEvent({ id: 'b', actor: bob, payload: { body: longest } })]),
    ).toMatchObject({ inserted: 1, deadLettered: 0 });
    expect(await findMentions(database, '/xxxx/')).toEqual([]);
    await expect(findPerson(pool, ADA.login, [`${longest}x`])).rejects.toThrow(
      /4 to 200 characters/,
    );
  });

  test('of thousands leaves the way in open', async () => {
    await store(pool, [makeEvent({ id: 'a', actor: ada })]);
    await erase(database, ADA.login);
    await pool.query(`
      insert into ops.erased_actors (pseudonym, pseudonym_id, removes, erases_words)
      select 'erased-' || n, 8500000000000000 + n, false, true from generate_series(1, 5000) as n;
      select ops.remember_names(erased_actor_id, 'id', array[(erased_actor_id * 7919 + 10000000)::text]),
        ops.remember_names(erased_actor_id, 'login', array[left(md5(pseudonym), 4 + erased_actor_id::integer % 20)])
      from ops.erased_actors where pseudonym_id > 8500000000000000`);
    expect(
      await store(pool, [makeEvent({ id: 'b', actor: ada }), makeEvent({ id: 'c', actor: bob })]),
    ).toMatchObject({ inserted: 2, deadLettered: 0 });
    expect(await findMentions(database)).toEqual([]);
  });
});

describe('an erasure waits', () => {
  async function isWaiting(): Promise<boolean> {
    for (let n = 0; n < 50; n++) {
      const waits = await value(
        `select count(*) > 0 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`,
      );
      if (waits === true) return true;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
  }

  test('for whoever is storing dead letters only', async () => {
    await store(pool, [makeEvent({ id: 'a', actor: ada })]);
    const client = await pool.connect();
    try {
      await client.query('begin');
      await addDeadLetters(client, 'file:x', [
        {
          item: { bytes: Buffer.from(`{"actor":"${ADA.login}"`), position: '1' },
          code: '22021',
          message: 'torn',
        },
      ]);
      const erasing = erase(database, ADA.login);
      expect(await isWaiting()).toBe(true);
      await client.query('commit');
      await erasing;
    } finally {
      client.release();
    }
    expect(await findMentions(database)).toEqual([]);
  });

  test('for checks that run beside it, and so reaches what they found before', async () => {
    await store(pool, [makeEvent({ id: 'a', actor: { ...ada, id: 'x1' } })]);
    await runTransform(database.connectionString);
    const client = new pg.Client({ connectionString: database.connectionString });
    await client.connect();
    let erasing: Promise<unknown> | undefined;
    try {
      await runQuality({
        client,
        log: silentLog,
        part: 'all',
        isFull: true,
        // What this check saw of her is not stored yet.
        onResult: ({ check }) => {
          if (check.name === 'ids_are_positive_numbers') erasing = erase(database, ADA.login);
        },
      });
      await erasing;
    } finally {
      await client.end();
    }
    expect(erasing).toBeDefined();
    expect(await findMentions(database)).toEqual([]);
  });
});

test('after retention has dropped months of bronze and silver, their facts are erased all the same', async () => {
  for (const removes of [false, true]) {
    await startAnew(database);
    await store(pool, adasLife('2024-02'));
    await runTransform(database.connectionString);
    // What the watermarks have passed may be dropped.
    await store(pool, adasLife('2026-03'));
    await runTransform(database.connectionString);
    await maintain(pool, { bronze: 365, silver: 365, gold: undefined });
    for (const table of ['bronze.raw_events', 'silver.events'])
      expect(await value(`select count(*)::int from ${table}`)).toBe(7);
    const before = await value('select count(*)::int from gold.fact_events');
    const coverage = `select hour, event_type, captured_count from gold.feed_coverage where hour < '2025-01-01' order by 1, 2`;
    const counted = await rows(coverage);
    const receipt = await erase(database, ADA.login, { removes });
    expect(await findMentions(database)).toEqual([]);
    expect(receipt.left).toEqual([]);
    // Of the dropped month a push, a star and a push of before 2015.
    expect(await value('select count(*)::int from gold.fact_events')).toBe(
      Number(before) - (removes ? 6 : 0),
    );
    expect(
      await value(`select count(*)::int from gold.fact_events where event_time < '2025-01-01'`),
    ).toBe(removes ? 4 : 7);
    // What was counted while bronze had the month cannot be counted again.
    expect(await rows(coverage)).toEqual(counted);
    await runTransform(database.connectionString);
    expect(await rows(coverage)).toEqual(counted);
    expect(await findMentions(database)).toEqual([]);
  }
});
