import { type RawItem, saveEvents } from '../../apps/listener/save-events.ts';
import { type Client, type Pool, withTransaction } from '../../apps/shared/database.ts';
import { AS_LINES, copyIn } from './copy-in.ts';

/** A way of storing a batch of events in bronze, inside a transaction of the caller's. */
export interface StoreWay {
  name: string;
  store: (client: Client, items: readonly RawItem[]) => Promise<void>;
}

const SOURCE = 'api:public';
const COLUMNS = 'event_id, event_type, created_at, source, payload';
const INSERT_ONE = `insert into bronze.raw_events (${COLUMNS}) values ($1, $2, $3, '${SOURCE}', $4) on conflict do nothing`;
const FROM_JSON = `select event ->> 'id', event ->> 'type', (event ->> 'created_at')::timestamptz, '${SOURCE}', event`;

/** What the listener does. */
export const saveEventsWay: StoreWay = {
  name: 'save_events',
  store: async (client, items) => void (await saveEvents(client, SOURCE, items)),
};

/** The usual way to keep one bad row from costing its batch. */
export const rowSavepointWay: StoreWay = {
  name: 'savepoint per row',
  store: async (client, items) => {
    for (const item of items) {
      await client.query('savepoint item');
      await client.query(INSERT_ONE, keyOf(item));
      await client.query('release savepoint item');
    }
  },
};

/** Other ways, none of which would survive a bad row. */
export const plainWays: readonly StoreWay[] = [
  {
    name: 'INSERT per row',
    store: async (client, items) => {
      for (const item of items) await client.query(INSERT_ONE, keyOf(item));
    },
  },
  {
    name: 'multi-row VALUES',
    store: async (client, items) => {
      const tuples = items.map(
        (_, index) =>
          `(${[1, 2, 3].map((place) => `$${index * 4 + place}`).join(', ')}, '${SOURCE}', $${index * 4 + 4})`,
      );
      await client.query(
        `insert into bronze.raw_events (${COLUMNS}) values ${tuples.join(', ')} on conflict do nothing`,
        items.flatMap(keyOf),
      );
    },
  },
  {
    name: 'unnest of arrays',
    store: async (client, items) => {
      const rows = items.map(keyOf);
      await client.query(
        `insert into bronze.raw_events (${COLUMNS})
         select id, type, at, '${SOURCE}', event
         from unnest($1::text[], $2::text[], $3::timestamptz[], $4::jsonb[]) as item (id, type, at, event)
         on conflict do nothing`,
        [0, 1, 2, 3].map((column) => rows.map((row) => row[column])),
      );
    },
  },
  {
    name: 'one text parameter',
    store: async (client, items) => {
      await client.query(
        `insert into bronze.raw_events (${COLUMNS})
         ${FROM_JSON} from (select line::jsonb as event from string_to_table($1, e'\\n') as line offset 0) as items
         on conflict do nothing`,
        [items.map(({ bytes }) => bytes.toString()).join('\n')],
      );
    },
  },
  {
    name: 'COPY to a staging table',
    store: async (client, items) => {
      await client.query('create temporary table staging (event jsonb) on commit drop');
      const text = Buffer.concat(items.flatMap(({ bytes }) => [bytes, Buffer.from('\n')]));
      await copyIn(client, `copy staging from stdin (${AS_LINES})`, [text]);
      await client.query(
        `insert into bronze.raw_events (${COLUMNS}) ${FROM_JSON} from staging on conflict do nothing`,
      );
    },
  },
];

/** Stores items batch by batch, each in a transaction of its own. */
export async function storeInBatches(
  pool: Pool,
  way: StoreWay,
  items: readonly RawItem[],
  batchSize: number,
): Promise<void> {
  for (let start = 0; start < items.length; start += batchSize) {
    const batch = items.slice(start, start + batchSize);
    await withTransaction(pool, (client) => way.store(client, batch));
  }
}

function keyOf({ bytes }: RawItem): [id: string, type: string, createdAt: string, json: string] {
  const json = bytes.toString();
  const { id, type, created_at } = JSON.parse(json) as Record<string, string>;
  return [id ?? '', type ?? '', created_at ?? '', json];
}
