import { randomUUID } from 'node:crypto';
import type { Pool } from '../../apps/shared/database.ts';
import type { Entry } from '../../apps/simulator/create-entry-maker.ts';
import type { CoverageWorld, Showing } from './make-world.ts';

/** Empties the warehouse, brings a world into bronze by the statement that stores real events, and computes coverage. */
export async function loadCoverageWorld(pool: Pool, world: CoverageWorld): Promise<void> {
  await pool.query(
    `truncate bronze.raw_events, bronze.sightings, gold.feed_coverage,
       ops.polls, ops.source_files, ops.pipeline_watermarks`,
  );
  for (const walk of world.walks) await storePoll(pool, walk, await storeItems(pool, walk));
  for (const hour of world.archiveHours) await storeItems(pool, hour);
  for (const file of world.brokenFiles) {
    await pool.query(
      `insert into ops.source_files (file_key, source, location, hour, status)
       values ($1, $1, $1, $2, 'partial')`,
      [file.source, new Date(file.hour)],
    );
  }
  await pool.query(`select gold.load_feed_coverage(interval '60 minutes')`);
}

async function storeItems(pool: Pool, { source, entries }: Showing): Promise<number> {
  const { rows } = await pool.query<{ inserted: string }>(
    'select inserted from bronze.save_events($1, $3, $2)',
    [entries.map(writeEvent).join('\x1e'), source, entries.length],
  );
  return Number(rows[0]?.inserted ?? 0);
}

async function storePoll(pool: Pool, walk: Showing, inserted: number): Promise<void> {
  const fetched = walk.entries.length;
  await pool.query(
    `insert into ops.polls (
       poll_id, walk_id, feed, page, polled_at, duration_ms, outcome, fetched, inserted, duplicates, overlap)
     values ($1, $1, 'public', 1, $2, 0, 'events', $3, $4, $5, $5)`,
    [randomUUID(), new Date(walk.at), fetched, inserted, fetched - inserted],
  );
}

/** Only what names an event: coverage reads nothing else. */
function writeEvent({ id, type, createdAt }: Entry): string {
  return JSON.stringify({
    id,
    type,
    created_at: `${new Date(createdAt).toISOString().slice(0, 19)}Z`,
  });
}
