import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from '../../../apps/shared/errors.ts';
import type { World } from './start-world.ts';

/** What the writers of the suite call themselves. */
export const LATE_WRITER = 'file:late writer';

let written = 0;

/**
 * Writes an event, keeps its transaction open for a while and commits it: behind whatever others have committed meanwhile.
 *
 * @throws when a watermark has passed the open transaction.
 */
export async function holdWriter({ pool, known }: World, forMs: number): Promise<void> {
  const identity = {
    id: `late-${written++}`,
    type: 'PushEvent',
    created_at: '2026-03-01T12:00:00Z',
  };
  const client = await pool.connect().catch(() => undefined);
  if (client === undefined) return;
  client.on('error', () => {});
  try {
    await client.query('begin');
    await client.query(
      `insert into bronze.raw_events (event_id, event_type, created_at, source, payload) values ($1, $2, $3, $4, '{}')`,
      [identity.id, identity.type, identity.created_at, LATE_WRITER],
    );
    await sleep(forMs);
    const { rows } = await client.query<{ passed: boolean }>(
      `select watermark > now() as passed from ops.pipeline_watermarks where pipeline = 'silver'`,
    );
    if (rows[0]?.passed === true)
      throw new Error('The silver watermark has passed a transaction that is open.');
    await client.query('commit');
    known.events.push(identity);
    client.release();
  } catch (error) {
    client.release(true);
    // A server that went away took the transaction along: then the event was never there.
    if (!isTransient(error)) throw error;
  }
}
