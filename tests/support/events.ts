import { type BatchCounts, saveEvents } from '../../apps/listener/save-events.ts';
import type { Pool } from '../../apps/shared/database.ts';
import { withTransaction } from '../../apps/shared/database.ts';

export interface EventFields {
  id?: string | number;
  type?: string;
  created_at?: string;
  actor?: unknown;
  repo?: unknown;
  org?: unknown;
  payload?: unknown;
  [field: string]: unknown;
}

/** An event as GitHub sends it, with the fields given in place of the usual ones. */
export function makeEvent(fields: EventFields = {}): EventFields {
  return {
    id: '1',
    type: 'PushEvent',
    actor: { id: 10, login: 'ada', display_login: 'ada' },
    repo: { id: 20, name: 'ada/engine' },
    payload: { repository_id: 20, push_id: 5, ref: 'refs/heads/main', head: 'b', before: 'a' },
    public: true,
    created_at: '2026-03-01T12:00:00Z',
    ...fields,
  };
}

/** Stores events, or items given as raw text or bytes, in bronze as the listener does. */
export async function store(
  pool: Pool,
  items: readonly (EventFields | string | Buffer)[],
  source = 'api:public',
): Promise<BatchCounts> {
  return await withTransaction(pool, (client) =>
    saveEvents(
      client,
      source,
      items.map((item) => ({ bytes: toBytes(item), position: null })),
    ),
  );
}

function toBytes(item: EventFields | string | Buffer): Buffer {
  if (Buffer.isBuffer(item)) return item;
  return Buffer.from(typeof item === 'string' ? item : JSON.stringify(item));
}
