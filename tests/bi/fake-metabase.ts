// A Metabase as far as its contract is written down here: it takes what that takes, refuses what that refuses, and keeps it.
// It really connects to the databases it is told of, and never draws a chart.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import type { z } from 'zod';
import * as contract from './metabase-contract.ts';

type Stored<S extends z.ZodType> = z.output<S> & { id: number };
interface Details {
  host: string;
  port: number;
  dbname: string;
  user: string;
  password: string;
}

export interface FakeMetabase {
  url: string;
  /** Requests that change something, as `POST /card`; signing in is none. */
  writes: string[];
  /** Answers 503 to the next health checks, as one that is starting does. */
  startsFor: (checks: number) => void;
  /** Fails the next request that begins with this, once. */
  failOn: (request: string) => void;
  databases: Stored<typeof contract.newDatabase>[];
  collections: Stored<typeof contract.newCollection>[];
  cards: Stored<typeof contract.newCard>[];
  dashboards: (Stored<typeof contract.newDashboard> & { dashcards: Dashcard[]; tabs: Tab[] })[];
  /** Settings that the setup made. */
  siteName: () => string | undefined;
  /** Runs the query of a card with the connection it was given, as opening a dashboard does. */
  ask: (cardId: number) => Promise<pg.QueryResult>;
  close: () => Promise<void>;
}
type Changes = z.output<typeof contract.changedDashboard>;
type Dashcard = NonNullable<Changes['dashcards']>[number];
type Tab = NonNullable<Changes['tabs']>[number];

class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;
  constructor(status: number, body: unknown) {
    super(`${status}`);
    this.status = status;
    this.body = body;
  }
}

const SESSION = '38f4939c-ad7f-4cbe-ae54-30946daf8593';
const SETUP_TOKEN = 'd4a1b2c3-0000-4000-8000-5e7093a1b2c3';
/** What Metabase shows in place of a password. */
const PROTECTED = '**MetabasePass**';

/** Starts a Metabase that nobody has set up yet. */
export async function startFakeMetabase(): Promise<FakeMetabase> {
  let admin: { email: string; password: string; siteName: string } | undefined;
  let startingChecks = 0;
  let failing: string | undefined;
  let lastId = 0;
  const writes: string[] = [];
  const databases: FakeMetabase['databases'] = [];
  const collections: FakeMetabase['collections'] = [];
  const cards: FakeMetabase['cards'] = [];
  const dashboards: FakeMetabase['dashboards'] = [];

  function take<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw new Refusal(400, { errors: parsed.error.issues });
    return parsed.data;
  }
  function byId<T extends { id: number }>(all: T[], id: string | undefined): T {
    const found = all.find((one) => one.id === Number(id));
    if (found === undefined) throw new Refusal(404, 'Not found.');
    return found;
  }
  const newId = () => {
    lastId += 1;
    return lastId;
  };
  const shownDatabase = (database: FakeMetabase['databases'][number]) => ({
    ...database,
    details: { ...database.details, password: PROTECTED },
  });

  async function requireConnection(given: unknown): Promise<void> {
    const details = given as Details;
    try {
      await query(details, 'select 1');
    } catch (error) {
      throw new Refusal(400, { message: `${(error as Error).message}`, errors: details });
    }
  }

  async function answer(method: string, url: URL, body: unknown, signedIn: boolean) {
    const path = url.pathname.replace(/^\/api/, '');
    const [, room, id, part] = path.split('/');
    const request = `${method} ${path}`;
    if (failing !== undefined && request.startsWith(failing)) {
      failing = undefined;
      throw new Refusal(500, 'something broke');
    }
    if (request === 'GET /health') {
      if (startingChecks > 0) {
        startingChecks -= 1;
        throw new Refusal(503, { status: 'initializing', progress: 0.5 });
      }
      return { status: 'ok' };
    }
    if (request === 'GET /session/properties')
      return {
        'has-user-setup': admin !== undefined,
        'setup-token': admin === undefined ? SETUP_TOKEN : null,
        version: { tag: 'v0.63.14' },
      };
    if (request === 'POST /session') {
      const given = take(contract.session, body);
      if (admin?.email !== given.username || admin.password !== given.password)
        throw new Refusal(401, { errors: { password: 'did not match stored password' } });
      return { id: SESSION };
    }
    if (method !== 'GET') writes.push(request);
    if (request === 'POST /setup') {
      const { token, user, prefs } = take(contract.setup, body);
      if (token !== SETUP_TOKEN)
        throw new Refusal(400, { errors: { token: 'Token does not match the setup token.' } });
      if (admin !== undefined) throw new Refusal(403, 'a user currently exists');
      admin = { email: user.email, password: user.password, siteName: prefs.site_name };
      return { id: SESSION };
    }
    if (!signedIn) throw new Refusal(401, 'Unauthenticated');

    if (request === 'GET /database') return { data: databases.map(shownDatabase), total: 1 };
    if (request === 'POST /database') {
      const given = take(contract.newDatabase, body);
      await requireConnection(given.details);
      const database = { ...given, id: newId() };
      databases.push(database);
      return shownDatabase(database);
    }
    if (method === 'PUT' && room === 'database') {
      const database = byId(databases, id);
      const { details, ...changes } = take(contract.changedDatabase, body);
      const merged = { ...database.details, ...details };
      if (merged.password === PROTECTED) merged.password = database.details.password;
      await requireConnection(merged);
      Object.assign(database, changes, { details: merged });
      return shownDatabase(database);
    }
    if (request === 'GET /collection')
      return [
        { id: 'root', name: 'Our analytics', is_personal: false, parent_id: null },
        ...collections.map((one) => ({ ...one, location: '/', archived: false })),
      ];
    if (request === 'POST /collection') {
      const collection = { ...take(contract.newCollection, body), id: newId() };
      collections.push(collection);
      return collection;
    }
    if (method === 'GET' && room === 'collection' && part === 'items') {
      const collection = byId(collections, id);
      const inside = (
        all: { id: number; name: string; collection_id?: number | null | undefined }[],
      ) => all.filter((one) => one.collection_id === collection.id);
      const data = [
        ...inside(cards).map((one) => ({ id: one.id, name: one.name, model: 'card' })),
        ...inside(dashboards).map((one) => ({ id: one.id, name: one.name, model: 'dashboard' })),
      ];
      return { data, total: data.length, models: ['card', 'dashboard'] };
    }
    if (request === 'POST /card') {
      const card = { ...take(contract.newCard, body), id: newId() };
      byId(databases, String(card.dataset_query.database));
      cards.push(card);
      return card;
    }
    if (method === 'PUT' && room === 'card')
      return Object.assign(byId(cards, id), take(contract.changedCard, body));
    if (request === 'POST /dashboard') {
      const dashboard = {
        ...take(contract.newDashboard, body),
        id: newId(),
        dashcards: [],
        tabs: [],
      };
      dashboards.push(dashboard);
      return dashboard;
    }
    if (room === 'dashboard' && part === undefined) {
      const dashboard = byId(dashboards, id);
      if (method === 'PUT') {
        const { dashcards, tabs, ...changes } = take(contract.changedDashboard, body);
        Object.assign(dashboard, changes);
        if (dashcards !== undefined && dashcards !== null) {
          const kept = tabs ?? [];
          if (kept.length > 0 && dashcards.some((one) => one.dashboard_tab_id == null))
            throw new Refusal(400, 'This dashboard has tab, makes sure every card has a tab');
          dashboard.tabs = kept;
          dashboard.dashcards = dashcards.map((one) => {
            if (one.card_id != null) byId(cards, String(one.card_id));
            return { ...one, id: one.id < 0 ? newId() : one.id };
          });
        }
      }
      return {
        ...dashboard,
        // With more in it than may be sent back.
        dashcards: dashboard.dashcards.map((one) => ({
          ...one,
          dashboard_id: dashboard.id,
          entity_id: 'V1StGXR8_Z5jdHi6B-myT',
          created_at: '2026-01-01T00:00:00Z',
          card: cards.find((card) => card.id === one.card_id) ?? null,
        })),
        tabs: dashboard.tabs.map((tab) => ({ ...tab, dashboard_id: dashboard.id })),
      };
    }
    throw new Refusal(404, 'API endpoint does not exist.');
  }

  const server: Server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://metabase');
      let status = 200;
      let body: unknown;
      try {
        const given = await readBody(request);
        const signedIn = request.headers['x-metabase-session'] === SESSION;
        body = await answer(request.method ?? 'GET', url, given, signedIn);
      } catch (error) {
        status = error instanceof Refusal ? error.status : 500;
        body = error instanceof Refusal ? error.body : String(error);
      }
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes,
    startsFor: (checks) => {
      startingChecks = checks;
    },
    failOn: (request) => {
      failing = request;
    },
    databases,
    collections,
    cards,
    dashboards,
    siteName: () => admin?.siteName,
    ask: async (cardId) => {
      const { dataset_query } = byId(cards, String(cardId));
      const { details } = byId(databases, String(dataset_query.database));
      return await query(details as unknown as Details, dataset_query.native.query);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function query(details: Details, text: string): Promise<pg.QueryResult> {
  const { host, port, dbname: database, user, password } = details;
  const client = new pg.Client({ host, port, database, user, password });
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? undefined : JSON.parse(text);
}
