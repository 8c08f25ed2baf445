import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { warehousePath } from '../../apps/shared/project-root.ts';
import { type EventFields, makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();
beforeEach(() => emptyWarehouse(database));

const run = (settings = {}) => runTransform(database.connectionString, settings);

/** Digests of everything in gold and silver but the times of loading. */
async function digest(): Promise<Record<string, unknown>> {
  const [row] = await database.rows(`
    select
      (select md5(string_agg(t::text, '|' order by event_id, event_type, event_time)) from
        (select event_id, event_type, event_time, date_id, actor_id, repo_id, event_hour from gold.fact_events) t) as facts,
      (select md5(string_agg(t::text, '|' order by actor_id)) from
        (select actor_id, actor_login, is_bot, last_event_time from gold.dim_actors) t) as actors,
      (select md5(string_agg(t::text, '|' order by repo_id)) from
        (select repo_id, repo_name, repo_owner, repo_project, org_login, last_event_time from gold.dim_repos) t) as repos,
      (select md5(string_agg(t::text, '|' order by actor_id, valid_from)) from
        (select actor_id, valid_from, valid_to, actor_login from gold.dim_actors_history) t) as actors_history,
      (select md5(string_agg(t::text, '|' order by repo_id, valid_from)) from
        (select repo_id, valid_from, valid_to, repo_name, org_login from gold.dim_repos_history) t) as repos_history,
      (select md5(string_agg(t::text, '|' order by event_type)) from
        (select event_type, event_category, is_curated from gold.dim_event_types) t) as types
  `);
  return row ?? {};
}

describe('bronze to gold', () => {
  test('an event goes through all layers once, however often the transformer runs', async () => {
    await store(database.pool, [makeEvent()]);
    expect(await run()).toEqual({ silver: 1, gold: 1 });
    const first = await digest();
    expect(await run()).toEqual({ silver: 0, gold: 0 });
    expect(await digest()).toEqual(first);
    expect(
      await database.rows(
        'select event_id, date_id, actor_id::int, repo_id::int, event_type, event_hour from gold.fact_events',
      ),
    ).toEqual([
      {
        event_id: '1',
        date_id: 20260301,
        actor_id: 10,
        repo_id: 20,
        event_type: 'PushEvent',
        event_hour: 12,
      },
    ]);
  });

  test('rows without a readable time stay in silver, and are counted', async () => {
    await store(database.pool, [
      makeEvent(),
      makeEvent({ id: '2', created_at: '2026-13-01T00:00:00Z' }),
    ]);
    expect(await run()).toEqual({ silver: 2, gold: 1 });
    expect(
      await database.rows(
        'select event_id, unreadable from silver.events where event_time is null',
      ),
    ).toEqual([{ event_id: '2', unreadable: ['created_at'] }]);
    expect(
      await database.rows(
        `select rows_in::int, rows_out::int, rows_rejected::int, status from ops.pipeline_runs where pipeline = 'silver'`,
      ),
    ).toEqual([{ rows_in: 2, rows_out: 2, rows_rejected: 1, status: 'success' }]);
  });

  test('batches are of the configured size, and rows of one transaction stay together', async () => {
    for (let batch = 0; batch < 5; batch++) {
      await store(
        database.pool,
        Array.from({ length: 30 }, (_, index) => makeEvent({ id: `${batch}-${index}` })),
      );
    }
    expect(await run({ silverBatchSize: 7 })).toEqual({ silver: 150, gold: 150 });
    expect(await run({ silverBatchSize: 7 })).toEqual({ silver: 0, gold: 0 });
  });

  test('a type nobody has classified becomes an uncurated one', async () => {
    await store(database.pool, [makeEvent({ type: 'TeleportEvent' })]);
    await run();
    expect(
      await database.rows(
        'select event_type, event_category, is_core_metric from gold.dim_event_types where not is_curated',
      ),
    ).toEqual([{ event_type: 'TeleportEvent', event_category: null, is_core_metric: false }]);
  });

  test('a day outside dim_date is added to it', async () => {
    await store(database.pool, [
      makeEvent({ id: '1', created_at: '1970-01-01T00:00:00Z' }),
      makeEvent({ id: '2', created_at: '9999-12-31T23:59:59Z' }),
    ]);
    expect(await run()).toEqual({ silver: 2, gold: 2 });
    expect(
      await database.rows(
        `select date_id, day_name, is_weekend from gold.dim_date where date_day not between '2010-01-01' and '2028-12-31' order by 1`,
      ),
    ).toEqual([
      { date_id: 19700101, day_name: 'Thursday', is_weekend: false },
      { date_id: 99991231, day_name: 'Friday', is_weekend: false },
    ]);
  });

  test.each([
    ['2147483648', '2147483648'],
    ['8589934592', '8589934592'],
    ['9007199254740993', '9007199254740993'],
    ['9223372036854775807', '9223372036854775807'],
    ['9223372036854775808', '-1'],
    ['99999999999999999999', '-1'],
    ['-5', '-1'],
    ['"octocat"', '-1'],
    ['null', '-1'],
  ])('an actor id of %s is %s in gold', async (written, expected) => {
    const raw = JSON.stringify(makeEvent()).replace('"id":10,', `"id":${written},`);
    await store(database.pool, [raw]);
    expect(await run()).toEqual({ silver: 1, gold: 1 });
    expect(await database.value('select actor_id from gold.fact_events')).toBe(expected);
  });

  test('without actor and repository an event still becomes a fact, of nobody nowhere', async () => {
    const { actor: _actor, repo: _repo, payload: _payload, ...bare } = makeEvent();
    await store(database.pool, [bare, makeEvent({ id: '2', actor: 7, repo: [], payload: 'text' })]);
    expect(await run()).toEqual({ silver: 2, gold: 2 });
    expect(await database.rows('select distinct actor_id, repo_id from gold.fact_events')).toEqual([
      { actor_id: '-1', repo_id: '-1' },
    ]);
    expect(await database.rows('select actor_login, is_bot from silver.events')).toEqual([
      { actor_login: null, is_bot: null },
      { actor_login: null, is_bot: null },
    ]);
  });

  test('what GitHub did not send is NULL, never 0', async () => {
    const push = { repository_id: 1, push_id: 2, ref: 'refs/heads/main', head: 'h', before: 'b' };
    await store(database.pool, [
      makeEvent({ id: '1', payload: push }),
      makeEvent({ id: '2', payload: { ...push, size: 3, distinct_size: 0 } }),
    ]);
    await run();
    expect(
      await database.rows(
        'select commit_count, distinct_commit_count, head_sha, before_sha from silver.events order by event_id',
      ),
    ).toEqual([
      { commit_count: null, distinct_commit_count: null, head_sha: 'h', before_sha: 'b' },
      { commit_count: 3, distinct_commit_count: 0, head_sha: 'h', before_sha: 'b' },
    ]);
  });

  test('events of before 2015 carry their names under other fields', async () => {
    await store(database.pool, [
      makeEvent({
        actor: 'ada',
        repo: undefined,
        repository: { id: 7, owner: 'lovelace', name: 'engine', organization: 'lovelace' },
        created_at: '2014-06-10T19:07:44-07:00',
      }),
    ]);
    await run();
    expect(
      await database.rows(
        `select actor_id, actor_login, repo_id, repo_name, org_login, (event_time at time zone 'UTC')::text as utc from silver.events`,
      ),
    ).toEqual([
      {
        actor_id: null,
        actor_login: 'ada',
        repo_id: '7',
        repo_name: 'lovelace/engine',
        org_login: 'lovelace',
        utc: '2014-06-11 02:07:44',
      },
    ]);
  });

  test('names without ids, as in CSV exports, are in gold under the sentinels', async () => {
    await store(database.pool, [
      makeEvent({ id: '1', actor: { login: 'ada' }, repo: { name: 'ada/engine' } }),
      makeEvent({ id: '2', actor: { login: 'robot[bot]' }, repo: {} }),
      makeEvent({ id: '3' }),
    ]);
    await run();
    expect(
      await database.rows(
        'select actor_id::int, actor_login, is_bot, repo_id::int, repo_name from gold.v_events order by event_id',
      ),
    ).toEqual([
      { actor_id: -1, actor_login: 'ada', is_bot: false, repo_id: -1, repo_name: 'ada/engine' },
      {
        actor_id: -1,
        actor_login: 'robot[bot]',
        is_bot: true,
        repo_id: -1,
        repo_name: 'unknownrepo',
      },
      { actor_id: 10, actor_login: 'ada', is_bot: false, repo_id: 20, repo_name: 'ada/engine' },
    ]);
    expect(await database.value('select count(*)::int from gold.dim_actors')).toBe(2);
  });

  test('a pull request is merged by its field or by its action', async () => {
    const pull = (action: string, merged?: boolean) => ({
      action,
      pull_request: { number: 5, ...(merged === undefined ? {} : { merged }) },
    });
    await store(database.pool, [
      makeEvent({ id: '1', type: 'PullRequestEvent', payload: pull('merged') }),
      makeEvent({ id: '2', type: 'PullRequestEvent', payload: pull('closed', true) }),
      makeEvent({ id: '3', type: 'PullRequestEvent', payload: pull('closed', false) }),
      makeEvent({ id: '4', type: 'PullRequestEvent', payload: pull('closed') }),
    ]);
    await run();
    expect(
      await database.rows('select is_merged, number::int from silver.events order by event_id'),
    ).toEqual([
      { is_merged: true, number: 5 },
      { is_merged: true, number: 5 },
      { is_merged: false, number: 5 },
      { is_merged: null, number: 5 },
    ]);
  });
});

describe('dimensions', () => {
  const at = (second: number, id: string, login: string, name: string): EventFields =>
    makeEvent({
      id,
      actor: { id: 10, login },
      repo: { id: 20, name },
      created_at: `2026-03-01T12:00:${String(second).padStart(2, '0')}Z`,
    });

  test('an older event never overwrites a newer one', async () => {
    await store(database.pool, [at(5, '1', 'new', 'new/name')]);
    await run();
    await store(database.pool, [at(1, '2', 'old', 'old/name')]);
    await run();
    expect(
      await database.rows('select actor_login from gold.dim_actors where actor_id = 10'),
    ).toEqual([{ actor_login: 'new' }]);
    expect(
      await database.rows(
        'select repo_name, repo_owner, repo_project from gold.dim_repos where repo_id = 20',
      ),
    ).toEqual([{ repo_name: 'new/name', repo_owner: 'new', repo_project: 'name' }]);
  });

  test('an event without a login brings the account but overwrites no name', async () => {
    await store(database.pool, [at(1, '1', 'ada', 'ada/engine')]);
    await run();
    await store(database.pool, [
      makeEvent({
        id: '2',
        actor: { id: 10 },
        repo: { id: 20 },
        created_at: '2026-03-02T00:00:00Z',
      }),
      makeEvent({
        id: '3',
        actor: { id: 11 },
        repo: { id: 21 },
        created_at: '2026-03-02T00:00:00Z',
      }),
    ]);
    await run();
    expect(
      await database.rows(
        'select actor_id::int, actor_login from gold.dim_actors where actor_id > 0 order by 1',
      ),
    ).toEqual([
      { actor_id: 10, actor_login: 'ada' },
      { actor_id: 11, actor_login: 'unknownuser' },
    ]);
    await store(database.pool, [
      makeEvent({ id: '4', actor: { id: 11, login: 'bob' }, created_at: '2026-01-01T00:00:00Z' }),
    ]);
    await run();
    expect(
      await database.value('select actor_login from gold.dim_actors where actor_id = 11'),
    ).toBe('bob');
  });

  test('any order of arrival, in any batches, gives the same gold: ties at the same second too', async () => {
    const events = [
      ...Array.from({ length: 40 }, (_, index) =>
        at(index % 4, `${index}`, `login${index % 7}`, `owner/name${index % 5}`),
      ),
      makeEvent({ id: 'x', type: 'OddEvent' }),
      makeEvent({ id: 'y', actor: { id: 12, login: 'robot[bot]' } }),
    ];
    const digests = new Set<string>();
    for (let round = 0; round < 4; round++) {
      await emptyWarehouse(database);
      const shuffled = events.toSorted(
        (a, b) =>
          (((Number(a.id) || 3) * (7 + round * 13)) % 41) -
          (((Number(b.id) || 3) * (7 + round * 13)) % 41),
      );
      for (let start = 0; start < shuffled.length; start += 5 + round * 20) {
        await store(database.pool, shuffled.slice(start, start + 5 + round * 20));
        if (round % 2 === 0) await run({ silverBatchSize: 3 });
      }
      await run();
      digests.add(JSON.stringify(await digest()));
    }
    expect(digests.size).toBe(1);
  });

  test('gold built step by step equals gold rebuilt from nothing', async () => {
    for (let step = 0; step < 6; step++) {
      await store(database.pool, [
        at(6 - step, `a${step}`, `login${step}`, `o/n${step}`),
        at(step, `b${step}`, `other${step}`, `p/q${step}`),
      ]);
      await run();
    }
    const stepwise = await digest();
    await database.pool.query(`
      truncate gold.fact_events, gold.dim_actors_history, gold.dim_repos_history;
      delete from gold.dim_actors where actor_id <> -1;
      delete from gold.dim_repos where repo_id <> -1;
      delete from ops.pipeline_watermarks where pipeline = 'gold';
    `);
    await run();
    expect(await digest()).toEqual(stepwise);
  });
});

describe('the watermark', () => {
  const insert = `insert into bronze.raw_events (event_id, event_type, created_at, source, payload)
    values ($1, 'PushEvent', '2026-03-01T12:00:00Z', 'api:public', '{}')`;

  const writers: pg.Client[] = [];
  // One left open by a failed test would hold up all that follow.
  afterEach(() => Promise.all(writers.splice(0).map((client) => client.end())));

  async function openWriter(id: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: database.connectionString });
    writers.push(client);
    await client.connect();
    await client.query('begin');
    await client.query(insert, [id]);
    return client;
  }

  async function commit(client: pg.Client): Promise<void> {
    await client.query('commit');
    await client.end();
  }

  test('a row committed late behind the watermark reaches gold', async () => {
    const late = await openWriter('late');
    await commit(await openWriter('early'));
    expect(await run()).toEqual({ silver: 1, gold: 1 });
    await commit(late);
    expect(await run()).toEqual({ silver: 1, gold: 1 });
    expect(await database.rows('select event_id from gold.fact_events order by 1')).toEqual([
      { event_id: 'early' },
      { event_id: 'late' },
    ]);
  });

  test('it never passes a transaction that is still open, however many runs there are', async () => {
    const slow = await openWriter('slow');
    const startedAt = (await slow.query('select now()::text as at')).rows[0]?.at;
    for (let id = 0; id < 4; id++) {
      await commit(await openWriter(`quick${id}`));
      await run();
      expect(
        await database.value(
          `select watermark <= $1::timestamptz from ops.pipeline_watermarks where pipeline = 'silver'`,
          [startedAt],
        ),
      ).toBe(true);
    }
    await commit(slow);
    expect(await run()).toEqual({ silver: 1, gold: 1 });
  });

  test('after a bulk load, when the window is not read again in full, a late row is still found', async () => {
    // More rows than twenty batches of one: the window counts as large.
    for (let id = 0; id < 30; id++) await store(database.pool, [makeEvent({ id: `bulk${id}` })]);
    await run({ silverBatchSize: 1 });
    const late = await openWriter('late');
    await store(database.pool, [makeEvent({ id: 'other' })]);
    expect(await run({ silverBatchSize: 1 })).toEqual({ silver: 1, gold: 1 });
    await commit(late);
    const before = await database.value(
      `select full_window_read_at from ops.pipeline_watermarks where pipeline = 'silver'`,
    );
    expect(await run({ silverBatchSize: 1 })).toEqual({ silver: 1, gold: 1 });
    expect(
      await database.value(
        `select full_window_read_at from ops.pipeline_watermarks where pipeline = 'silver'`,
      ),
    ).toEqual(before);
    // The cheap way was taken: the bulk was not read again.
    const [last] = await database.rows<{ rows_in: string }>(
      `select rows_in from ops.pipeline_runs where pipeline = 'silver' order by run_id desc limit 1`,
    );
    expect(Number(last?.rows_in)).toBeLessThan(5);
  });

  test('a row committed between two batches of one run, behind the first, is found', async () => {
    const late = await openWriter('late');
    for (let id = 0; id < 60; id++) await store(database.pool, [makeEvent({ id: `bulk${id}` })]);
    const client = new pg.Client({ connectionString: database.connectionString });
    writers.push(client);
    await client.connect();
    const grace = '60 minutes';
    const { rows } = await client.query(
      `select read_after::text, settled::text from silver.begin_run($1, 1)`,
      [grace],
    );
    const load = async (after: string) => {
      const slice = await client.query(
        'select up_to::text, oldest::text, newest::text from silver.next_slice($1, 1)',
        [after],
      );
      const { up_to, oldest, newest } = slice.rows[0];
      if (up_to === null) return null;
      await client.query('select from silver.load_slice($1, $2, $3, $4)', [
        after,
        up_to,
        oldest,
        newest,
      ]);
      await client.query(`select ops.advance_watermark('silver', $1, $2, $3)`, [
        up_to,
        rows[0].settled,
        grace,
      ]);
      return up_to;
    };
    const next = await load(rows[0].read_after);
    await commit(late);
    for (let after = next; after !== null; after = await load(after));
    await run({ silverBatchSize: 1 });
    expect(
      await database.value(`select count(*)::int from silver.events where event_id = 'late'`),
    ).toBe(1);
  });

  test('a writer that outlives the grace window is waited for', async () => {
    const slow = await openWriter('slow');
    await store(database.pool, [makeEvent({ id: 'quick' })]);
    const startedAt = (await slow.query('select now()::text as at')).rows[0]?.at;
    // Grace of nothing stands for a transaction older than the grace window.
    await database.pool.query(`select ops.advance_watermark('silver', now(), $1, interval '0')`, [
      startedAt,
    ]);
    expect(
      await database.value(`select watermark = $1::timestamptz from ops.pipeline_watermarks`, [
        startedAt,
      ]),
    ).toBe(true);
    await commit(slow);
    expect(await run()).toEqual({ silver: 2, gold: 2 });
  });

  test('a full read that was cut short is made up for', async () => {
    for (let id = 0; id < 30; id++) await store(database.pool, [makeEvent({ id: `bulk${id}` })]);
    await run({ silverBatchSize: 1 });
    await database.pool.query(
      `update ops.pipeline_watermarks set full_window_read_at = now() - interval '2 hours'`,
    );
    await database.pool.query(
      `insert into bronze.raw_events (event_id, event_type, created_at, source, payload, ingested_at)
       values ('behind', 'PushEvent', now(), 'api:public', '{}', now() - interval '1 minute')`,
    );
    const plan = await database.rows<{ read_after: string; is_full_read: boolean }>(
      `select read_after::text, is_full_read from silver.begin_run('60 minutes', 1)`,
    );
    expect(plan[0]?.is_full_read).toBe(true);
    // That run goes no further; the next one reads the whole window again, to its end.
    expect(await run({ silverBatchSize: 1 })).toEqual({ silver: 1, gold: 1 });
    const again = await database.rows<{ is_full_read: boolean }>(
      `select is_full_read from silver.begin_run('60 minutes', 1)`,
    );
    expect(again[0]?.is_full_read).toBe(false);
  });

  test('a transaction of a role whose sessions we may not see holds the watermark at the grace window', async () => {
    const role = `blind_${database.connectionString.slice(-12)}`;
    await database.pool.query(`create role ${role}`);
    try {
      const client = new pg.Client({ connectionString: database.connectionString });
      writers.push(client);
      await client.connect();
      expect(
        (await client.query('select ops.oldest_open_transaction() is null as unknown')).rows[0]
          .unknown,
      ).toBe(false);
      // It looks with its owner's eyes.
      await client.query(`begin; alter function ops.oldest_open_transaction() owner to ${role}`);
      expect(
        (await client.query('select ops.oldest_open_transaction() is null as unknown')).rows[0]
          .unknown,
      ).toBe(true);
      await client.query('rollback');
    } finally {
      await database.pool.query(`drop role ${role}`);
    }
  });

  test('a clock that steps back or ahead an hour between batches loses nothing', async () => {
    const at = async (offset: string, id: string) =>
      await database.pool.query(
        `insert into bronze.raw_events (event_id, event_type, created_at, source, payload, ingested_at)
         values ($1, 'PushEvent', '2026-03-01T12:00:00Z', 'api:public', '{}', now() + $2::interval)`,
        [id, offset],
      );
    await at('0', 'now');
    expect(await run()).toEqual({ silver: 1, gold: 1 });
    await at('1 hour', 'ahead');
    expect(await run()).toEqual({ silver: 1, gold: 1 });
    await at('0', 'back to now');
    expect(await run()).toEqual({ silver: 1, gold: 1 });
    await at('-55 minutes', 'back');
    expect(await run()).toEqual({ silver: 1, gold: 1 });
  });

  test('a silver row committed late behind the gold watermark reaches gold', async () => {
    await store(database.pool, [makeEvent({ id: '1' })]);
    await run();
    await database.pool.query(
      `insert into silver.events (event_id, event_type, event_time, ingested_at, processed_at, source)
       values ('late', 'PushEvent', '2026-03-01T12:00:00Z', now(), now() - interval '20 minutes', 'api:public')`,
    );
    expect(await run()).toEqual({ silver: 0, gold: 1 });
  });

  test('rows stamped behind the last full read by less than the grace window are found by the next one', async () => {
    for (let id = 0; id < 30; id++) await store(database.pool, [makeEvent({ id: `bulk${id}` })]);
    await run({ silverBatchSize: 1 });
    // Two hours later, by the books: the watermark has moved on, the last full read was then.
    await database.pool.query(
      `update bronze.raw_events set ingested_at = ingested_at - interval '2 hours';
       update ops.pipeline_watermarks set full_window_read_at = now() - interval '2 hours', full_window_watermark = now() - interval '2 hours'
       where pipeline = 'silver'`,
    );
    await database.pool.query(
      `insert into bronze.raw_events (event_id, event_type, created_at, source, payload, ingested_at)
       values ('behind', 'PushEvent', now(), 'api:public', '{}', now() - interval '2 hours 50 minutes')`,
    );
    expect(await run({ silverBatchSize: 1 })).toEqual({ silver: 1, gold: 1 });
  });

  test('survives a dump and restore: it is a time, not a transaction id', async () => {
    await store(database.pool, [makeEvent()]);
    await run();
    expect(
      await database.rows(
        `select pipeline, pg_typeof(watermark)::text as type from ops.pipeline_watermarks where pipeline in ('silver', 'gold') order by pipeline`,
      ),
    ).toEqual([
      { pipeline: 'gold', type: 'timestamp with time zone' },
      { pipeline: 'silver', type: 'timestamp with time zone' },
    ]);
  });
});

describe('failures', () => {
  test('a failure in the middle of gold changes nothing, says where it was, and the next run repairs', async () => {
    await store(database.pool, [makeEvent()]);
    await database.pool.query(
      'alter table gold.dim_repos add constraint no_engines check (repo_name not like $$%engine$$)',
    );
    try {
      const failure = (await run().catch((error: unknown) => error)) as Error & {
        line: number;
        file: string;
        statement: string;
      };
      const script = readFileSync(warehousePath('gold/etl/master_gold_etl.sql'), 'utf8').split(
        '\n',
      );
      expect(failure.file).toBe('warehouse/gold/etl/master_gold_etl.sql');
      expect(failure.message).toContain('no_engines');
      expect(failure.statement).toContain('insert into gold.dim_repos');
      expect(script[failure.line - 1]).toContain('with latest as (');
      // dim_actors had already been written when dim_repos failed.
      expect(
        await database.value('select count(*)::int from gold.dim_actors where actor_id <> -1'),
      ).toBe(0);
      expect(await database.rows(`select pipeline from ops.pipeline_watermarks`)).toEqual([
        { pipeline: 'silver' },
      ]);
      expect(
        await database.rows(`select status, error from ops.pipeline_runs where pipeline = 'gold'`),
      ).toMatchObject([
        { status: 'failed', error: expect.stringContaining('master_gold_etl.sql:') },
      ]);
    } finally {
      await database.pool.query('alter table gold.dim_repos drop constraint no_engines');
    }
    expect(await run()).toEqual({ silver: 0, gold: 1 });
  });

  test('a failure in silver is told with the file of the function and the statement', async () => {
    await store(database.pool, [makeEvent()]);
    await database.pool.query(
      `alter table silver.events add constraint no_ada check (actor_login <> 'ada')`,
    );
    try {
      await expect(run()).rejects.toMatchObject({
        file: 'warehouse/silver/load_slice.sql',
        code: '23514',
      });
    } finally {
      await database.pool.query('alter table silver.events drop constraint no_ada');
    }
    expect(await run()).toEqual({ silver: 1, gold: 1 });
  });

  test('steps are kept with their durations', async () => {
    await store(database.pool, [makeEvent()]);
    await run();
    const steps = (await database.value(
      `select steps from ops.pipeline_runs where pipeline = 'gold'`,
    )) as { step: string; rows: number }[];
    expect(steps.map(({ step, rows }) => `${step} ${rows}`)).toEqual([
      'dim_actors 1',
      'dim_repos 1',
      'dim_event_types 0',
      'fact_events 1',
      'history 2',
      'marts 2',
    ]);
  });
});

test.each(['Asia/Kolkata', 'America/New_York', 'Pacific/Kiritimati'])(
  'days and hours are UTC in a session of %s',
  async (zone) => {
    await store(database.pool, [
      makeEvent({ created_at: '2026-03-08T23:59:59Z' }),
      makeEvent({ id: '2', created_at: '2026-03-29T01:30:00+01:00' }),
    ]);
    const url = new URL(database.connectionString);
    url.searchParams.set('options', `-c timezone=${zone}`);
    await runTransform(url.href);
    expect(
      await database.rows('select date_id, event_hour from gold.fact_events order by event_id'),
    ).toEqual([
      { date_id: 20260308, event_hour: 23 },
      { date_id: 20260329, event_hour: 0 },
    ]);
  },
);

test('a month without statistics costs a probe for each event, however full it is', async () => {
  const month = '2026-03-01T00:00:00Z';
  const batch = (number: number) =>
    Array.from({ length: 800 }, (_, index) =>
      makeEvent({
        id: `${number * 1000 + index}`,
        created_at: new Date(Date.parse(month) + (index % 30) * 1000).toISOString(),
      }),
    );
  // As a month begins: it was looked at while next to nothing was in it.
  await store(database.pool, [makeEvent({ created_at: month })]);
  await run();
  for (const table of ['silver_events', 'gold_fact_events']) {
    await database.rows(`analyze months.${table}_2026_03`);
    await database.rows(`alter table months.${table}_2026_03 set (autovacuum_enabled = off)`);
  }
  const entriesRead = () =>
    database.value(
      `select sum(idx_tup_read)::int from pg_stat_user_indexes where relname = 'gold_fact_events_2026_03'`,
    ) as Promise<number>;
  for (const number of [1, 2, 3, 4]) {
    await store(database.pool, batch(number));
    expect(await run()).toEqual({ silver: 800, gold: 800 });
  }
  await store(database.pool, batch(5));
  const before = await entriesRead();
  await run();
  // Of the 800 new ones and of those in the grace window; each looked for, and its facts counted into marts and history.
  expect((await entriesRead()) - before).toBeLessThan(20 * 4000);
});
