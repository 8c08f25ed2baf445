// What npm run metabase does to a Metabase, against a fake that takes what the real one's sources say it takes. What was
// never tried on a real one is said in docs/bi.md.
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMetabaseClient } from '../../scripts/metabase/client.ts';
import { readerNameOf } from '../../scripts/metabase/make-reader.ts';
import { detailsOf } from '../../scripts/metabase/register-warehouse.ts';
import { type SetUpOptions, setUpMetabase } from '../../scripts/metabase/set-up-metabase.ts';
import { starterDashboard } from '../../scripts/metabase/starter-dashboard.ts';
import { useRoles } from '../security/support.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useProcesses } from '../support/spawn-process.ts';
import { type FakeMetabase, startFakeMetabase } from './fake-metabase.ts';

const database = useRoles();
const start = useProcesses();
const account = { email: 'admin@example.org', password: 'correct-horse-7' };
const names = starterDashboard().cards.map(({ name }) => name);
let metabase: FakeMetabase;
let readerName: string;

beforeAll(async () => {
  readerName = readerNameOf(new URL(database.connectionString).pathname.slice(1));
  await store(database.pool, [makeEvent(), makeEvent({ id: '2', type: 'WatchEvent' })]);
  await runTransform(database.connectionString);
});
beforeEach(async () => {
  metabase = await startFakeMetabase();
});
afterEach(async () => {
  await metabase.close();
  await database.pool.query(`drop role if exists "${readerName}"`);
});

const asReader = (): SetUpOptions['access'] => ({
  kind: 'reader',
  connectionString: database.urlOf('reader'),
});
const asOwner = (): SetUpOptions['access'] => ({
  kind: 'owner',
  connectionString: database.connectionString,
  database: database.pool,
});
const setUp = (options: Partial<SetUpOptions> = {}) => {
  const signal = new AbortController().signal;
  return setUpMetabase({
    client: createMetabaseClient({ url: metabase.url, redact: (text) => text, signal }),
    account,
    access: asReader(),
    warehouseAddress: undefined,
    dashboard: starterDashboard(),
    isUpdate: false,
    timeoutMs: 30_000,
    signal,
    ...options,
  });
};

describe('a new Metabase', () => {
  test('gets an account, the warehouse, a collection, cards and a dashboard; a second run changes nothing', async () => {
    metabase.startsFor(1);
    const first = await setUp();
    expect(first.made).toEqual([
      'account admin@example.org',
      'database "Assay"',
      'collection "Assay"',
      ...names.map((name) => `card "${name}"`),
      'dashboard "Assay"',
    ]);
    expect(first.updated).toEqual([]);
    expect(metabase.siteName()).toBe('Assay');
    expect(metabase.databases).toMatchObject([
      {
        name: 'Assay',
        is_full_sync: false,
        is_on_demand: false,
        details: { 'schema-filters-type': 'inclusion', 'schema-filters-patterns': 'gold' },
      },
    ]);
    expect(metabase.cards.map(({ name }) => name)).toEqual(names);
    const [collection] = metabase.collections;
    expect(metabase.cards.every((card) => card.collection_id === collection?.id)).toBe(true);
    expect(metabase.dashboards).toHaveLength(1);
    expect(metabase.dashboards[0]?.dashcards.map((on) => on.card_id)).toEqual(
      metabase.cards.map(({ id }) => id),
    );

    metabase.writes.length = 0;
    const second = await setUp();
    expect(second).toEqual({ made: [], updated: [], dashboardId: first.dashboardId });
    expect(metabase.writes).toEqual([]);
  });

  test('can ask every card with what it was given', async () => {
    await setUp();
    for (const card of metabase.cards) {
      const { fields } = await metabase.ask(card.id);
      const shown = fields.map(({ name }) => name);
      const used = [
        ...((card.visualization_settings['graph.dimensions'] ?? []) as string[]),
        ...((card.visualization_settings['graph.metrics'] ?? []) as string[]),
      ];
      expect(shown, card.name).toEqual(expect.arrayContaining(used));
      if (card.display !== 'table') expect(used.length, card.name).toBeGreaterThan(1);
    }
  });

  test.each(['POST /database', 'POST /card', 'POST /dashboard', 'PUT /dashboard'])(
    'that broke at %s is finished by the next run, with nothing twice',
    async (request) => {
      metabase.failOn(request);
      await expect(setUp()).rejects.toThrow(/Metabase answered 500/);
      await setUp();
      expect(metabase.databases).toHaveLength(1);
      expect(metabase.collections).toHaveLength(1);
      expect(metabase.cards.map(({ name }) => name)).toEqual(names);
      expect(metabase.dashboards).toHaveLength(1);
      expect(metabase.dashboards[0]?.dashcards).toHaveLength(names.length);
    },
  );

  test('is waited for no longer than told, and the last answer is told', async () => {
    metabase.startsFor(1000);
    await expect(setUp({ timeoutMs: 1 })).rejects.toThrow(
      /not ready within 0 seconds.*503.*initializing/,
    );
  });
});

describe('the layout', () => {
  test('fits the grid of 24, and no card lies on another', () => {
    const taken = new Set<string>();
    for (const { name, place } of starterDashboard().cards) {
      expect(place.col + place.size_x, name).toBeLessThanOrEqual(24);
      for (let row = place.row; row < place.row + place.size_y; row++)
        for (let col = place.col; col < place.col + place.size_x; col++) {
          expect(taken.has(`${row}/${col}`), `${name} at ${row}/${col}`).toBe(false);
          taken.add(`${row}/${col}`);
        }
    }
  });
});

describe('what somebody made in Metabase', () => {
  /** A tab, a card of their own in it, one of ours taken off and another one changed. */
  async function tinker() {
    await setUp();
    const [dashboard] = metabase.dashboards;
    const [changed, removed] = metabase.cards;
    if (dashboard === undefined || changed === undefined || removed === undefined)
      throw new Error('nothing was made');
    dashboard.tabs = [{ id: 900, name: 'Main' }];
    dashboard.dashcards = [
      ...dashboard.dashcards
        .filter((on) => on.card_id !== removed.id)
        .map((on) => ({ ...on, dashboard_tab_id: 900 })),
      { id: 901, row: 40, col: 0, size_x: 24, size_y: 2, dashboard_tab_id: 900 },
    ];
    changed.dataset_query = {
      ...changed.dataset_query,
      native: { query: 'select 1 as mine' },
    };
    return { dashboard, changed, removed };
  }

  test('stays', async () => {
    const { dashboard, changed } = await tinker();
    const before = structuredClone({ dashboard, changed });
    expect(await setUp()).toMatchObject({ made: [], updated: [] });
    expect({ dashboard, changed }).toEqual(before);
  });

  test('stays on the dashboard after --update too; our cards become what they are defined as', async () => {
    const { dashboard, changed, removed } = await tinker();
    const { updated } = await setUp({ isUpdate: true });
    expect(updated).toEqual([
      'database "Assay"',
      ...names.map((name) => `card "${name}"`),
      'layout of "Assay"',
    ]);
    expect(changed.dataset_query.native.query).not.toContain('mine');
    expect(dashboard.tabs).toMatchObject([{ id: 900, name: 'Main' }]);
    expect(dashboard.dashcards.find(({ id }) => id === 901)).toMatchObject({ row: 40 });
    const back = dashboard.dashcards.find((on) => on.card_id === removed.id);
    expect(back?.row).toBeGreaterThanOrEqual(42);
    expect(dashboard.dashcards).toHaveLength(names.length + 1);
  });
});

describe('without a user for reading', () => {
  test('one is made that can read and do nothing else, and its password is kept', async () => {
    await setUp({ access: asOwner() });
    const { details } = metabase.databases[0] as { details: Record<string, unknown> };
    expect(details.user).toBe(readerName);
    for (const card of metabase.cards)
      await expect(metabase.ask(card.id), card.name).resolves.toBeDefined();
    const [card] = metabase.cards;
    if (card === undefined) throw new Error('no card');
    for (const statement of [
      'delete from gold.fact_events',
      'create table public.mine ()',
      'select * from ops.erased_names',
    ]) {
      card.dataset_query.native.query = statement;
      await expect(metabase.ask(card.id), statement).rejects.toThrow(/permission denied/);
    }
    metabase.writes.length = 0;
    expect(await setUp({ access: asOwner() })).toMatchObject({ made: [], updated: [] });
    expect(metabase.writes).toEqual([]);
    expect(metabase.databases[0]?.details.password).toBe(details.password);
  });

  test('a warehouse that was made anew gets one again, and Metabase its password', async () => {
    await setUp({ access: asOwner() });
    const before = structuredClone(metabase.databases[0]?.details);
    await database.pool.query(`drop role "${readerName}"`);
    expect(await setUp({ access: asOwner() })).toMatchObject({
      made: [],
      updated: ['database "Assay"'],
    });
    expect(metabase.databases).toHaveLength(1);
    expect(metabase.databases[0]?.details.password).not.toBe(before?.password);
    await expect(metabase.ask(metabase.cards[0]?.id ?? 0)).resolves.toBeDefined();
  });

  test('who may not make one is told what to do', async () => {
    const connectionString = database.urlOf('transformer');
    const { Pool } = await import('pg').then(({ default: pg }) => pg);
    const pool = new Pool({ connectionString });
    try {
      await expect(
        setUp({ access: { kind: 'owner', connectionString, database: pool } }),
      ).rejects.toThrow(/could not be made .*permission denied.*READER_DATABASE_URL/);
      expect(metabase.databases).toEqual([]);
    } finally {
      await pool.end();
    }
  });
});

describe('what Metabase refuses', () => {
  test('another account than the one it has: it says which variables', async () => {
    await setUp();
    await expect(setUp({ account: { ...account, password: 'wrong-horse-7' } })).rejects.toThrow(
      /does not know admin@example\.org.*METABASE_ADMIN_PASSWORD/,
    );
  });

  test('a password it takes for weak', async () => {
    await expect(setUp({ account: { ...account, password: 'weak' } })).rejects.toThrow(
      /Metabase answered 400 to POST .*\/api\/setup/,
    );
  });

  test('a connection that does not work', async () => {
    const url = new URL(database.urlOf('reader'));
    url.password = 'nonsense-password';
    await expect(setUp({ access: { kind: 'reader', connectionString: url.href } })).rejects.toThrow(
      /Metabase answered 400 to POST .*\/api\/database/,
    );
    expect(metabase.databases).toEqual([]);
  });
});

test('the connection is what the URL says, or the address Metabase is to use', () => {
  const url = 'postgres://an%40alyst:p%2Fw@db.example:6432/ware%20house?sslmode=verify-full';
  expect(detailsOf(url)).toEqual({
    host: 'db.example',
    port: 6432,
    dbname: 'ware house',
    user: 'an@alyst',
    password: 'p/w',
    ssl: true,
    'ssl-mode': 'verify-full',
    'schema-filters-type': 'inclusion',
    'schema-filters-patterns': 'gold',
    'let-user-control-scheduling': true,
  });
  expect(detailsOf(url, 'postgres')).toMatchObject({ host: 'postgres', port: 6432 });
  expect(detailsOf(url, 'postgres:5432')).toMatchObject({ host: 'postgres', port: 5432 });
  expect(detailsOf('postgres://u@[::1]/d')).toMatchObject({ host: '::1', port: 5432, ssl: false });
});

describe('the command', () => {
  const variables = () => ({
    DATABASE_URL: database.connectionString,
    READER_DATABASE_URL: database.urlOf('reader'),
    METABASE_URL: metabase.url,
    METABASE_ADMIN_EMAIL: account.email,
    METABASE_ADMIN_PASSWORD: account.password,
  });

  test('says what it made, then that nothing is to do, and never a password', async () => {
    const first = start('scripts/metabase.ts', [], variables());
    expect(await first.exited, first.output()).toBe(0);
    expect(first.output()).toContain('made     card "Capture rate by day"');
    expect(first.output()).toContain(`The dashboard: ${metabase.url}/dashboard/`);
    const second = start('scripts/metabase.ts', [], variables());
    expect(await second.exited).toBe(0);
    expect(second.output()).toContain('Nothing to do: all is in place.');
    // Metabase quotes the connection it refuses.
    const wrong = new URL(database.urlOf('reader'));
    wrong.password = 'planted-secret';
    const third = start('scripts/metabase.ts', ['--update'], {
      ...variables(),
      READER_DATABASE_URL: wrong.href,
    });
    expect(await third.exited).toBe(1);
    expect(third.output()).toContain('[redacted]');
    for (const { output } of [first, second, third]) {
      expect(output()).not.toContain(account.password);
      expect(output()).not.toContain('planted-secret');
    }
  });

  test.each([
    [
      { METABASE_ADMIN_PASSWORD: '' },
      'METABASE_ADMIN_EMAIL and METABASE_ADMIN_PASSWORD are not set',
    ],
    [{ METABASE_ADMIN_EMAIL: 'nobody' }, 'METABASE_ADMIN_EMAIL must be an e-mail address'],
    [
      { DATABASE_URL: '', READER_DATABASE_URL: '' },
      'Metabase needs a warehouse that stays at one address',
    ],
  ])('refuses %j', async (changed, message) => {
    const command = start('scripts/metabase.ts', [], { ...variables(), ...changed });
    expect(await command.exited).toBe(1);
    expect(command.output()).toContain(message);
    expect(metabase.writes).toEqual([]);
  });
});
