import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { loadCoverage } from '../../apps/transformer/load-coverage.ts';
import { makeEvent, store } from '../support/events.ts';
import { silentLog } from '../support/run-transform.ts';
import { emptyWarehouse, type TestDatabase } from '../support/test-database.ts';

/** Empties the warehouse with all that coverage and healing keep. */
export async function emptyCoverage(database: TestDatabase): Promise<void> {
  await emptyWarehouse(database);
  await database.pool.query(
    'truncate gold.feed_coverage, ops.feed_gaps, ops.source_files restart identity',
  );
}

/** Runs the step of the transformer that follows gold. */
export async function runCoverage(database: TestDatabase, graceMinutes = 60) {
  const client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  try {
    return await loadCoverage({ client, log: silentLog, graceMinutes });
  } finally {
    await client.end();
  }
}

/** Stores events with these ids, all of one type and moment, as seen by a source. */
export async function show(
  database: TestDatabase,
  source: string,
  ids: readonly number[],
  type = 'PushEvent',
  created_at = '2026-03-01T12:30:00Z',
): Promise<void> {
  await store(
    database.pool,
    ids.map((id) => makeEvent({ id: String(id), type, created_at })),
    source,
  );
}

/** The whole numbers from `from` to `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

export interface WalkFields {
  at: string;
  feed?: string;
  fetched?: number;
  inserted?: number;
  overlap?: number;
  outcome?: string;
}

/** Enters walks of one request each in ops.polls. */
export async function enterWalks(
  database: TestDatabase,
  walks: readonly WalkFields[],
): Promise<void> {
  for (const walk of walks) {
    const { at, feed = 'public', fetched = 300, inserted = fetched, outcome = 'events' } = walk;
    await database.pool.query(
      `insert into ops.polls (
         poll_id, walk_id, feed, page, polled_at, duration_ms, outcome, fetched, inserted, duplicates, overlap)
       values ($1, $1, $2, 1, $3, 0, $4, $5, $6, $5::integer - $6::integer, $7)`,
      [randomUUID(), feed, at, outcome, fetched, inserted, walk.overlap ?? fetched - inserted],
    );
  }
}

/** Walks at even intervals from `from` on, of which each knew `overlap` of 300 events. */
export function evenWalks(from: string, count: number, minutes: number, overlap: number) {
  return range(0, count - 1).map((number) => ({
    at: new Date(Date.parse(from) + number * minutes * 60_000).toISOString(),
    inserted: 300 - overlap,
    overlap,
  }));
}
