import type { Client } from '../shared/database.ts';
import { addDeadLetters } from './add-dead-letters.ts';
import { insertItems, type StoredRow } from './insert-items.ts';

/** One item as it came from a source. */
export interface RawItem {
  bytes: Buffer;
  /** Where in its source it stood: the line of a file; null in a feed, whose pages drift. */
  position: string | null;
  /** What was sent, where `bytes` is JSON made of it (the row of a CSV file). */
  original?: Buffer;
  /** As JSON: what makes an event of `original`, where that is the record of a CSV file. */
  csvColumns?: string | undefined;
  /** Does what `bytes.copy` does, without making a Buffer for it. */
  copyTo?: (target: Buffer, position: number) => number;
  /** Length of `bytes`. */
  length?: number;
}

/** What became of a batch. fetched = inserted + duplicates + deadLettered, always. */
export interface BatchCounts {
  fetched: number;
  inserted: number;
  duplicates: number;
  deadLettered: number;
  /** Items that bronze had before `knownBy`. */
  overlap: number;
  oldestEventAt: string | null;
  newestEventAt: string | null;
}

interface SavedRow extends StoredRow {
  inserted: string;
  overlap: string | null;
  oldest: string | null;
  newest: string | null;
}

/**
 * Stores a batch in bronze inside the caller's transaction. Items that PostgreSQL refuses go to the dead letters with
 * their bytes; the rest goes in.
 *
 * @param knownBy time before which a stored item counts as overlap, as PostgreSQL writes it; null to count none.
 * @throws any error that is not the data's fault: the transaction has to be rolled back and run again.
 */
export async function saveEvents(
  client: Client,
  source: string,
  items: readonly RawItem[],
  knownBy: string | null = null,
): Promise<BatchCounts> {
  const counts: BatchCounts = {
    fetched: items.length,
    inserted: 0,
    duplicates: 0,
    deadLettered: 0,
    overlap: 0,
    oldestEventAt: null,
    newestEventAt: null,
  };
  const refused = await insertItems(client, items, async (text) => {
    // Times stay text: a JavaScript Date would cut them to milliseconds.
    const { rows } = await client.query<SavedRow>(
      `select inserted, overlap, oldest_event_at::text as oldest, newest_event_at::text as newest,
         error_code as "errorCode", error_message as "errorMessage"
       from bronze.save_events($1, $2, $3::timestamptz)`,
      [text, source, knownBy],
    );
    const row = rows[0];
    if (row === undefined) throw new Error('bronze.save_events gave no row.');
    counts.inserted += Number(row.inserted);
    counts.overlap += Number(row.overlap ?? 0);
    counts.oldestEventAt = earliest(counts.oldestEventAt, row.oldest);
    counts.newestEventAt = latest(counts.newestEventAt, row.newest);
    return row;
  });
  await addDeadLetters(client, source, refused);
  counts.deadLettered = refused.length;
  counts.duplicates = counts.fetched - counts.inserted - counts.deadLettered;
  return counts;
}

// Both come in one format and in UTC (settleSession), and years have four digits: their order is that of the text.
function earliest(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b < a) ? b : a;
}

function latest(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b > a) ? b : a;
}
