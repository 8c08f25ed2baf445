import { z } from 'zod';
import type { MetabaseClient } from './client.ts';

/** A question of the dashboard, and where it is on it. Metabase's grid is 24 wide. */
export interface CardDefinition {
  /** Its name in Metabase, by which it is found again. */
  name: string;
  description: string;
  sql: string;
  display: 'line' | 'bar' | 'row' | 'table';
  /** Names of settings are Metabase's. */
  settings: Readonly<Record<string, unknown>>;
  place: { row: number; col: number; size_x: number; size_y: number };
}

export interface DashboardDefinition {
  /** Of the dashboard, and of the collection that it and its cards are in. */
  name: string;
  description: string;
  cards: readonly CardDefinition[];
}

export interface DashboardReport {
  dashboardId: number;
  /** What was made, as in `card "Bot share"`; nothing when all was there. */
  made: string[];
  /** What was set to what it is defined as. */
  updated: string[];
}

const identified = z.object({ id: z.int() });
// The root collection has an id that is no number.
const collections = z.array(
  z.object({
    id: z.union([z.int(), z.string()]),
    name: z.string(),
    archived: z.boolean().nullish(),
    location: z.string().nullish(),
  }),
);
const items = z.object({
  data: z.array(z.object({ id: z.int(), name: z.string(), model: z.string() })),
});
/** What a card of a dashboard may be sent back with; Metabase refuses anything else. */
const dashcard = z.object({
  id: z.int(),
  card_id: z.int().nullish(),
  action_id: z.int().nullish(),
  dashboard_tab_id: z.int().nullish(),
  row: z.int(),
  col: z.int(),
  size_x: z.int(),
  size_y: z.int(),
  parameter_mappings: z.array(z.unknown()).nullish(),
  visualization_settings: z.record(z.string(), z.unknown()).nullish(),
  inline_parameters: z.array(z.string()).nullish(),
  series: z.array(z.object({ id: z.int() })).nullish(),
});
const dashboard = z.object({
  id: z.int(),
  dashcards: z.array(dashcard),
  tabs: z.array(z.object({ id: z.int(), name: z.string() })).nullish(),
});

/**
 * Makes a collection with the cards of a dashboard and the dashboard itself, as far as they are missing. What is there is
 * left as somebody may have made it, unless it is to be updated: then cards become what they are defined as, and those
 * that the dashboard lacks come below what it has. Nothing is ever taken away.
 *
 * @param warehouseId id of the database in Metabase that the cards ask.
 */
export async function createDashboard(
  client: MetabaseClient,
  definition: DashboardDefinition,
  warehouseId: number,
  isUpdate: boolean,
): Promise<DashboardReport> {
  const made: string[] = [];
  const updated: string[] = [];

  const collectionId = await findCollection(client, definition.name);
  const collection = collectionId ?? (await makeCollection(client, definition));
  if (collectionId === undefined) made.push(`collection "${definition.name}"`);

  const { data } = await client.request('GET', `/collection/${collection}/items`, items);
  const idOf = (model: string, name: string) =>
    data.find((item) => item.model === model && item.name === name)?.id;

  const cards: { id: number; place: CardDefinition['place'] }[] = [];
  for (const card of definition.cards) {
    let id = idOf('card', card.name);
    const body = {
      name: card.name,
      description: card.description,
      display: card.display,
      visualization_settings: card.settings,
      dataset_query: { type: 'native', database: warehouseId, native: { query: card.sql } },
    };
    if (id === undefined) {
      ({ id } = await client.request('POST', '/card', identified, {
        ...body,
        collection_id: collection,
      }));
      made.push(`card "${card.name}"`);
    } else if (isUpdate) {
      await client.request('PUT', `/card/${id}`, identified, body);
      updated.push(`card "${card.name}"`);
    }
    cards.push({ id, place: card.place });
  }

  let dashboardId = idOf('dashboard', definition.name);
  if (dashboardId === undefined) {
    ({ id: dashboardId } = await client.request('POST', '/dashboard', identified, {
      name: definition.name,
      description: definition.description,
      collection_id: collection,
    }));
    made.push(`dashboard "${definition.name}"`);
  }
  const current = await client.request('GET', `/dashboard/${dashboardId}`, dashboard);
  const missing = cards.filter(({ id }) => current.dashcards.every((on) => on.card_id !== id));
  // An empty one was made by a run that got no further.
  if (missing.length > 0 && (isUpdate || current.dashcards.length === 0)) {
    const below = Math.max(0, ...current.dashcards.map((on) => on.row + on.size_y));
    const [tab] = current.tabs ?? [];
    await client.request('PUT', `/dashboard/${dashboardId}`, identified, {
      // Tabs and cards that are not sent are deleted.
      tabs: current.tabs ?? [],
      dashcards: [
        ...current.dashcards,
        ...missing.map(({ id, place }, index) => ({
          // Negative: new.
          id: -1 - index,
          card_id: id,
          ...place,
          row: place.row + below,
          parameter_mappings: [],
          visualization_settings: {},
          ...(tab === undefined ? {} : { dashboard_tab_id: tab.id }),
        })),
      ],
    });
    if (current.dashcards.length > 0 || isUpdate) updated.push(`layout of "${definition.name}"`);
  }
  return { dashboardId, made, updated };
}

async function findCollection(client: MetabaseClient, name: string): Promise<number | undefined> {
  const found = await client.request('GET', '/collection', collections);
  const own = found.find(
    (collection) =>
      collection.name === name && collection.location === '/' && collection.archived !== true,
  );
  return typeof own?.id === 'number' ? own.id : undefined;
}

async function makeCollection(
  client: MetabaseClient,
  { name, description }: DashboardDefinition,
): Promise<number> {
  const { id } = await client.request('POST', '/collection', identified, { name, description });
  return id;
}
