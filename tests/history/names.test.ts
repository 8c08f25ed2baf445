import { beforeEach, describe, expect, test } from 'vitest';
import { dropExpired } from '../../apps/transformer/drop-expired.ts';
import { resetWatermark } from '../../apps/transformer/watermarks.ts';
import { runQuery, ZONES } from '../queries/run-query.ts';
import { dropPastMonths, emptyWarehouse, useTestDatabase } from '../support/test-database.ts';
import { historyOf, type Said, storedHistory, toGold, toSilver } from './support.ts';

const database = useTestDatabase();
beforeEach(async () => {
  await emptyWarehouse(database);
  await dropPastMonths(database);
});

const ada = { actor: 10, login: 'ada' };
const HOUR = 3600;

function said(second: number, fields: Partial<Said> = {}): Said {
  return { repo: 20, name: 'ada/engine', org: null, ...ada, second, ...fields };
}

let loads = 0;
beforeEach(() => {
  loads = 0;
});

/** One load: all layers from silver on. */
async function load(...events: Said[]): Promise<void> {
  const load = loads++;
  await toSilver(
    database,
    events.map((_, index) => `${load}-${index}`),
    events,
  );
  await toGold(database);
}

const repos = () => storedHistory(database, 'repo');
const actors = () => storedHistory(database, 'actor');

describe('a name', () => {
  test('that changes ends where the next begins, in one load or in two', async () => {
    await load(said(0), said(60), said(120, { name: 'ada/machine' }));
    await load(said(180, { name: 'ada/loom' }));
    expect(await repos()).toEqual([
      { id: 20, says: 'ada/engine ', from: 0, to: 120 },
      { id: 20, says: 'ada/machine ', from: 120, to: 180 },
      { id: 20, says: 'ada/loom ', from: 180, to: null },
    ]);
    expect(await actors()).toEqual([{ id: 10, says: 'ada', from: 0, to: null }]);
  });

  test('is split into owner and project, and a transfer tells the organisation', async () => {
    await load(
      said(0),
      said(60, { name: 'guild/engine', org: 'guild' }),
      said(90, { name: 'odd' }),
    );
    expect(
      await database.rows(
        'select repo_owner, repo_project, org_login, is_current from gold.dim_repos_history order by valid_from',
      ),
    ).toEqual([
      { repo_owner: 'ada', repo_project: 'engine', org_login: null, is_current: false },
      { repo_owner: 'guild', repo_project: 'engine', org_login: 'guild', is_current: false },
      { repo_owner: null, repo_project: null, org_login: null, is_current: true },
    ]);
  });

  test('may belong to another id later', async () => {
    await load(said(0), said(60, { name: 'ada/old-engine' }), said(120, { repo: 21 }));
    expect(await repos()).toEqual([
      { id: 20, says: 'ada/engine ', from: 0, to: 60 },
      { id: 20, says: 'ada/old-engine ', from: 60, to: null },
      { id: 21, says: 'ada/engine ', from: 120, to: null },
    ]);
    for (const zone of ZONES)
      expect(await runQuery(database, 'analytics/reused-names', zone)).toEqual([
        {
          repo_name: 'ada/engine',
          repo_id: 20,
          valid_from: '2026-03-01T00:00:00Z',
          valid_to: '2026-03-01T00:01:00Z',
        },
        {
          repo_name: 'ada/engine',
          repo_id: 21,
          valid_from: '2026-03-01T00:02:00Z',
          valid_to: null,
        },
      ]);
  });

  test('heard of late cuts the one over its time in two, and joins what it is the same as', async () => {
    await load(said(0), said(60), said(600), said(900, { name: 'ada/loom' }));
    await load(said(300, { name: 'ada/machine' }));
    expect((await repos()).map(({ says, from }) => [says, from])).toEqual([
      ['ada/engine ', 0],
      ['ada/machine ', 300],
      ['ada/engine ', 600],
      ['ada/loom ', 900],
    ]);
    await load(said(700, { name: 'ada/loom' }), said(-5));
    expect((await repos()).map(({ says, from }) => [says, from])).toEqual([
      ['ada/engine ', -5],
      ['ada/machine ', 300],
      ['ada/engine ', 600],
      ['ada/loom ', 700],
    ]);
  });

  test('of several in one second is the greatest, even when that one comes last and joins two spans', async () => {
    await load(said(0, { name: 'b/x' }), said(60, { name: 'a/x' }), said(120, { name: 'a/x' }));
    await load(said(60, { name: 'b/x' }));
    expect((await repos()).map(({ says, from }) => [says, from])).toEqual([
      ['b/x ', 0],
      ['a/x ', 120],
    ]);
    await load(said(120, { name: 'B/x' }), said(60, { name: 'a/x' }));
    expect((await repos()).map(({ says, from }) => [says, from])).toEqual([
      ['b/x ', 0],
      ['a/x ', 120],
    ]);
  });

  test('that an event does not say changes nothing', async () => {
    await load(said(0), said(60, { name: null, login: null }), said(120));
    await load(said(30, { name: null, login: null }), said(90, { name: 'ada/loom' }));
    expect((await repos()).map(({ says, from }) => [says, from])).toEqual([
      ['ada/engine ', 0],
      ['ada/loom ', 90],
      ['ada/engine ', 120],
    ]);
    expect(await actors()).toEqual([{ id: 10, says: 'ada', from: 0, to: null }]);
  });

  test('of no id is nobody’s', async () => {
    await load(said(0, { repo: -1, actor: -1 }));
    expect([await repos(), await actors()]).toEqual([[], []]);
  });
});

test('gold.v_events_as_of gives the names of the time, and NULL where none is known so early', async () => {
  await load(
    said(0, { name: null, login: null }),
    said(60, { name: 'guild/engine', org: 'guild', login: 'helper[bot]' }),
    said(120),
    said(180, { repo: -1, actor: -1, name: 'old/name', login: 'old[bot]' }),
    said(240, { repo: -1, actor: -1, name: null, login: null }),
  );
  expect(
    await database.rows(
      'select actor_login, is_bot, repo_name, org_login from gold.v_events_as_of order by event_time',
    ),
  ).toEqual([
    { actor_login: null, is_bot: null, repo_name: null, org_login: null },
    { actor_login: 'helper[bot]', is_bot: true, repo_name: 'guild/engine', org_login: 'guild' },
    { actor_login: 'ada', is_bot: false, repo_name: 'ada/engine', org_login: null },
    { actor_login: 'old[bot]', is_bot: true, repo_name: 'old/name', org_login: null },
    { actor_login: 'unknownuser', is_bot: null, repo_name: 'unknownrepo', org_login: null },
  ]);
  expect(
    await database.value(
      `select count(*)::int from gold.v_events_as_of as a join gold.v_events as e using (event_id, event_type, event_time, actor_id, repo_id)`,
    ),
  ).toBe(5);
});

test.each(ZONES)('renames tells in %s what changed in a month, newest first', async (zone) => {
  const inMonth = 30 * 24 * HOUR;
  await load(
    said(-60),
    said(0, { name: 'ada/loom' }),
    said(60, { name: 'guild/loom', org: 'guild' }),
    said(120, { name: 'guild/loom' }),
    said(inMonth, { name: 'bob/mill' }),
    said(2 * inMonth, { name: 'bob/other' }),
  );
  const rows = await runQuery(
    database,
    'analytics/renames',
    zone,
    `set local assay.month = '2026-03'`,
  );
  expect(rows.map((row) => [row.old_name, row.new_name, row.what_changed])).toEqual([
    ['guild/loom', 'bob/mill', 'owner and project'],
    ['guild/loom', 'guild/loom', 'organisation'],
    ['ada/loom', 'guild/loom', 'owner'],
    ['ada/engine', 'ada/loom', 'project'],
  ]);
});

describe('built again', () => {
  const events = [
    said(0),
    said(60, { name: 'ada/loom', login: 'countess' }),
    said(120, { name: 'ada/loom', login: 'countess' }),
    said(90),
    said(2 * HOUR, { repo: 21, login: 'countess' }),
  ];
  const expected = () => [historyOf(events, 'repo'), historyOf(events, 'actor')];
  const found = async () => [await repos(), await actors()];

  test.each(['history', 'gold', 'silver'])('after a reset of %s', async (name) => {
    for (const event of events) await load(event);
    expect(await found()).toEqual(expected());
    await resetWatermark(database.pool, name, undefined);
    if (name === 'silver')
      await toSilver(
        database,
        events.map((_, index) => `${index}-0`),
        events,
      );
    expect(await found()).toEqual([[], []]);
    await toGold(database);
    expect(await found()).toEqual(expected());
  });

  test('of facts that a version without a history has loaded meanwhile', async () => {
    await load(...events.slice(0, 2));
    // What such a version leaves behind: facts and names, its watermark, nothing of the history.
    await load(...events.slice(2));
    await database.pool.query(`
      truncate gold.dim_repos_history, gold.dim_actors_history;
      delete from ops.pipeline_watermarks where pipeline = 'history'`);
    await toGold(database);
    expect(await found()).toEqual(expected());

    await database.pool.query(
      `delete from gold.dim_repos_history where repo_id = 21;
       update ops.pipeline_watermarks set watermark = watermark - interval '1 second' where pipeline = 'history'`,
    );
    await toGold(database);
    expect(await found()).toEqual(expected());
  });

  test('twice changes nothing, not even the stamps', async () => {
    await load(...events);
    const stamps = () =>
      database.rows(
        'select repo_id, valid_from, updated_at from gold.dim_repos_history order by 1, 2',
      );
    const before = await stamps();
    await database.pool.query(`delete from ops.pipeline_watermarks where pipeline = 'history'`);
    await toGold(database);
    expect(await stamps()).toEqual(before);
  });
});

describe('after silver has dropped its months', () => {
  const FOREVER = { bronze: undefined, silver: undefined, gold: undefined };
  const later = '2026-06-01T00:00:00Z';
  const events = [said(0), said(60), said(600), said(900, { name: 'ada/loom' })];
  const dropSilver = () => dropExpired(database.pool, { ...FOREVER, silver: 20 }, later);
  const march = { table: 'silver.events', month: '2026-03-01' };

  test('a late event still cuts a name in two: the facts tell when, the history what', async () => {
    await load(...events);
    expect(await dropSilver()).toContainEqual({
      ...march,
      dropped: { rows: 4, bytes: expect.any(Number) },
    });
    const late = said(300, { name: 'ada/machine' });
    await load(late);
    expect(await repos()).toEqual(historyOf([...events, late], 'repo'));
  });

  test('a reset keeps what cannot be built again', async () => {
    await load(...events);
    await dropSilver();
    for (const name of ['history', 'gold']) {
      await resetWatermark(database.pool, name, undefined);
      await toGold(database);
      expect(await repos(), name).toEqual(historyOf(events, 'repo'));
    }
  });

  test('of facts from before there was a history, the latest name is known, since its last event', async () => {
    await load(...events);
    await dropSilver();
    await database.pool.query(`
      truncate gold.dim_repos_history, gold.dim_actors_history;
      delete from ops.pipeline_watermarks where pipeline = 'history'`);
    await toGold(database);
    expect(await repos()).toEqual([{ id: 20, says: 'ada/loom ', from: 900, to: null }]);
  });

  test('which it may not while the history has not read them', async () => {
    await load(...events);
    await database.pool.query(`delete from ops.pipeline_watermarks where pipeline = 'history'`);
    expect(await dropSilver()).toContainEqual({
      ...march,
      whyNot: 'its names are not in the history yet',
    });
    await toGold(database);
    expect(await dropSilver()).toContainEqual({
      ...march,
      dropped: { rows: 4, bytes: expect.any(Number) },
    });
  });
});

test('a failure in the history takes the whole load of gold back', async () => {
  await load(said(0));
  await database.pool.query(
    `alter table gold.dim_repos_history add constraint no_looms check (repo_name not like '%loom')`,
  );
  try {
    await expect(load(said(60, { name: 'ada/loom' }))).rejects.toThrow(/no_looms/);
    expect(await database.rows('select repo_name from gold.v_events_as_of')).toEqual([
      { repo_name: 'ada/engine' },
    ]);
  } finally {
    await database.pool.query('alter table gold.dim_repos_history drop constraint no_looms');
  }
  await toGold(database);
  expect(await repos()).toEqual([
    { id: 20, says: 'ada/engine ', from: 0, to: 60 },
    { id: 20, says: 'ada/loom ', from: 60, to: null },
  ]);
});
