import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { replayDeadLetters } from '../../apps/listener/dead-letters.ts';
import { savePage } from '../../apps/listener/save-page.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { ADA, ada, adasLife, countEverything, erase, findMentions, startAnew } from './support.ts';

const database = useTestDatabase();
const { pool, rows, value } = database;

beforeEach(() => startAnew(database));

const everything = () => [...adasLife('2026-02'), ...adasLife('2026-03')];
const BROKEN = `{"id": "1", "type": "PushEvent", "actor": {"id": ${ADA.id}, "login": "${ADA.login}"}, "body": "x\\n${ADA.renamed}", \u0000}`;

async function fill(): Promise<void> {
  await store(pool, [...everything(), BROKEN], `api:users/${ADA.login}`);
  await store(pool, everything().slice(0, 4), 'gharchive:2026-02-01-12');
  await store(pool, [makeEvent({ id: 'timeless', actor: ada, created_at: 'never' })]);
  await savePage(pool, {
    pollId: randomUUID(),
    walkId: randomUUID(),
    feed: `users/${ADA.login}`,
    page: 1,
    polledAt: new Date('2026-03-01T13:00:00Z'),
    durationMs: 5,
    outcome: {
      kind: 'events',
      status: 200,
      items: [Buffer.from(JSON.stringify(makeEvent({ id: 'polled', actor: ada })))],
      quota: { limit: null, remaining: null, resetAt: null },
      origin: 'github',
    } as never,
  });
  await runTransform(database.connectionString);
  await pool.query('analyze');
}

const rebuilt = async () => {
  const digest = (table: string, dropped: string) =>
    value(
      `select md5(string_agg((to_jsonb(t) ${dropped})::text, '|' order by (to_jsonb(t) ${dropped})::text)) from ${table} as t`,
    );
  return {
    silver: await digest('silver.events', "- 'processed_at'"),
    facts: await digest('gold.fact_events', "- 'silver_processed_at'"),
    actors: await digest('gold.dim_actors', "- 'updated_at'"),
    repos: await digest('gold.dim_repos', "- 'updated_at'"),
    actorsHistory: await digest('gold.dim_actors_history', "- 'updated_at'"),
    reposHistory: await digest('gold.dim_repos_history', "- 'updated_at'"),
  };
};

describe('a person who is pseudonymised', () => {
  test('is nowhere in the database afterwards, and no count has changed', async () => {
    await fill();
    const before = await countEverything(database);
    expect((await findMentions(database)).length).toBeGreaterThan(40);
    const receipt = await erase(database, ADA.login);
    expect(await findMentions(database)).toEqual([]);
    expect(await countEverything(database)).toEqual(before);
    expect(receipt.left).toEqual([]);
    expect(receipt.rows).toContainEqual({
      table: 'bronze.dead_letter_queue',
      action: 'pseudonymised',
      rows: 1,
    });
    expect(
      await rows(
        `select actors.actor_login, is_bot, count(*)::int as n from gold.dim_actors as actors join gold.fact_events using (actor_id)
       where actor_id = $1 group by 1, 2`,
        [receipt.pseudonymId],
      ),
    ).toMatchObject([{ actor_login: receipt.pseudonym, n: 5 }]);
    // Others are as they were.
    expect(await findMentions(database, '/ada-quux-lovelace/')).not.toEqual([]);
  });

  test('stays out when everything is loaded again, with new events of theirs, and gold built from nothing', async () => {
    await fill();
    await erase(database, ADA.login);
    const before = await countEverything(database);
    const saved = await store(pool, [...everything(), BROKEN], 'file:again');
    expect(saved).toMatchObject({ inserted: 0, duplicates: 14, deadLettered: 1 });
    await runTransform(database.connectionString);
    expect(await countEverything(database)).toMatchObject([
      { facts: (before as { facts: number }[])[0]?.facts },
    ]);
    const incremental = await rebuilt();
    await pool.query('select ops.reset_silver(null)');
    await runTransform(database.connectionString);
    expect(await rebuilt()).toEqual(incremental);

    expect(
      await store(pool, [...adasLife('2026-01'), BROKEN], 'gharchive:2026-01-01-12'),
    ).toMatchObject({
      inserted: 7,
      deadLettered: 1,
    });
    await pool.query(`select bronze.save_events($1, 7, 'file:more')`, [
      adasLife('2025-12')
        .map((event) => JSON.stringify(event))
        .join('\u001e'),
    ]);
    await runTransform(database.connectionString);
    expect(await findMentions(database)).toEqual([]);
    expect(
      await value(
        `select count(distinct actor_id)::int from gold.fact_events where actor_id > 8e15`,
      ),
    ).toBe(1);
  });

  test('whose account comes with another login is recognised by the id, and by that login from then on', async () => {
    await store(pool, [makeEvent({ id: 'a', actor: ada })]);
    await erase(database, ADA.login);
    await store(pool, [makeEvent({ id: 'b', actor: { ...ada, login: 'thirdname7' } })]);
    await store(pool, [makeEvent({ id: 'c', payload: { body: 'hello @thirdname7' } })]);
    expect(await findMentions(database, '/thirdname7/')).toEqual([]);
  });

  test('is not confused with who has the login now', async () => {
    await store(pool, [
      makeEvent({ id: 'a', actor: ada }),
      makeEvent({
        id: 'b',
        actor: { id: 77, login: ADA.login },
        repo: { id: 5, name: `${ADA.login}/new` },
      }),
    ]);
    await runTransform(database.connectionString);
    await expect(erase(database, ADA.login)).rejects.toThrow(/2 accounts have had the login/);
    await erase(database, String(ADA.id));
    await store(pool, [
      makeEvent({
        id: 'c',
        actor: { id: 77, login: ADA.login },
        repo: { id: 5, name: `${ADA.login}/new` },
      }),
    ]);
    await runTransform(database.connectionString);
    const found = await rows(
      `select event_id, actor_id, actor_login, repo_name from silver.events order by event_id`,
    );
    expect(found[0]).toMatchObject({ actor_login: expect.stringMatching(/^erased-/) });
    expect(found.slice(1)).toEqual([
      { event_id: 'b', actor_id: '77', actor_login: ADA.login, repo_name: `${ADA.login}/new` },
      { event_id: 'c', actor_id: '77', actor_login: ADA.login, repo_name: `${ADA.login}/new` },
    ]);
  });

  test('is erased by other names too', async () => {
    await store(pool, [
      makeEvent({ id: 'a', actor: ada }),
      makeEvent({ id: 'b', payload: { body: 'ask Ada Byron, x@quuxmail.org' } }),
    ]);
    await erase(database, ADA.login, { also: ['Ada Byron', 'x@quuxmail.org'] });
    await store(pool, [
      makeEvent({ id: 'c', payload: { body: 'Ada, Ada Byron and x@quuxmail.org' } }),
    ]);
    expect(await findMentions(database)).toEqual([]);
  });

  test('with a login that is a word is erased as a name only, when told so', async () => {
    const event = makeEvent({
      id: 'a',
      actor: { id: 5, login: 'main' },
      repo: { id: 6, name: 'main/main' },
      payload: {
        ref: 'refs/heads/main',
        body: 'the main thing, @main',
        user: { login: 'main', id: 5 },
      },
    });
    await store(pool, [event]);
    await erase(database, '5', { erasesWords: false });
    await store(pool, [{ ...event, id: 'b' }]);
    for (const { payload } of await rows<{
      payload: { repo: { name: string }; payload: Record<string, unknown> };
    }>('select payload from bronze.raw_events')) {
      expect(payload.repo.name).toMatch(/^erased-\w+\/erased-\w+$/);
      expect(payload.payload.ref).toBe('refs/heads/main');
      expect(payload.payload.body).toMatch(/^the main thing, @erased-/);
    }
  });

  test('killed at any step, goes on where it was, under the same pseudonym', async () => {
    await fill();
    const before = await countEverything(database);
    for (const stopAfter of [1, 3, 5])
      await expect(erase(database, ADA.login, { stopAfter })).rejects.toThrow('killed');
    const receipt = await erase(database, ADA.login);
    expect(await findMentions(database)).toEqual([]);
    expect(await countEverything(database)).toEqual(before);
    expect(await rows('select status, names_in_clear from ops.erasures')).toEqual([
      { status: 'complete', names_in_clear: null },
    ]);
    expect(
      await value(
        'select count(distinct actor_id)::int from gold.fact_events where actor_id > 8e15',
      ),
    ).toBe(1);
    expect(receipt.rows.find(({ table }) => table === 'bronze.raw_events')?.rows).toBe(16);
  });

  test('a dead letter of theirs can be replayed, and brings nothing of theirs', async () => {
    await store(pool, [
      makeEvent({ id: 'a', actor: ada }),
      JSON.stringify({ type: 'PushEvent', actor: ada }),
    ]);
    await erase(database, ADA.login);
    await pool.query(
      `update bronze.dead_letter_queue set raw = convert_to('{"id":"z",' || substr(convert_from(raw, 'UTF8'), 2), 'UTF8')`,
    );
    expect(await replayDeadLetters(pool, {})).toMatchObject({ replayed: 1 });
    expect(
      await value(`select payload #>> '{actor,login}' from bronze.raw_events where event_id = 'z'`),
    ).toMatch(/^erased-/);
    expect(await findMentions(database)).toEqual([]);
  });
});
