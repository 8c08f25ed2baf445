import type { Client } from '../shared/database.ts';
import { addDeadLetters } from './add-dead-letters.ts';
import { insertItems, type StoredItems } from './insert-items.ts';

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
export interface BatchCounts extends StoredItems {
  fetched: number;
  duplicates: number;
  deadLettered: number;
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
  const { stored, refused } = await insertItems(client, source, items, knownBy);
  await addDeadLetters(client, source, refused);
  const fetched = items.length;
  const deadLettered = refused.length;
  const duplicates = fetched - stored.inserted - deadLettered;
  return { ...stored, fetched, duplicates, deadLettered };
}
