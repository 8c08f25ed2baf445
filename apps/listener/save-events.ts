import { isUtf8 } from 'node:buffer';
import type { Client } from '../shared/database.ts';
import { codeOf, isDataError, messageOf } from '../shared/errors.ts';

/** One item as it came from a source. */
export interface RawItem {
  bytes: Buffer;
  /** Where in its source it stood: the line of a file; null in a feed, whose pages drift. */
  position: string | null;
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

/** Stands between JSON texts (RFC 7464); no valid JSON text contains it, nor can PostgreSQL's text hold NUL. */
const RECORD_SEPARATOR = 0x1e;
const NUL = 0x00;

interface Saved {
  inserted: number;
  overlap: number;
  oldest: string | null;
  newest: string | null;
}

/**
 * Stores a batch in bronze inside the caller's transaction: set-based when all is well, and when PostgreSQL refuses
 * the data, by halves under savepoints until each bad item stands alone. Those go to the dead letters with
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
  const texts: RawItem[] = [];
  let deadLettered = 0;
  for (const item of items) {
    const fault = findByteFault(item.bytes);
    if (fault === undefined) {
      texts.push(item);
    } else {
      await addDeadLetter(client, source, item, '22021', fault);
      deadLettered++;
    }
  }

  const saved: Saved = { inserted: 0, overlap: 0, oldest: null, newest: null };
  const refused = await saveOrSplit(client, source, texts, knownBy, saved);
  for (const { item, error } of refused) {
    await addDeadLetter(client, source, item, codeOf(error) ?? '', messageOf(error));
  }
  deadLettered += refused.length;
  return {
    fetched: items.length,
    inserted: saved.inserted,
    duplicates: items.length - saved.inserted - deadLettered,
    deadLettered,
    overlap: saved.overlap,
    oldestEventAt: saved.oldest,
    newestEventAt: saved.newest,
  };
}

interface Refusal {
  item: RawItem;
  error: unknown;
}

async function saveOrSplit(
  client: Client,
  source: string,
  items: readonly RawItem[],
  knownBy: string | null,
  saved: Saved,
): Promise<Refusal[]> {
  const [first] = items;
  if (first === undefined) return [];
  await client.query('savepoint batch');
  try {
    await insertBatch(client, source, items, knownBy, saved);
    await client.query('release savepoint batch');
    return [];
  } catch (error) {
    if (!isDataError(error)) throw error;
    await client.query('rollback to savepoint batch');
    await client.query('release savepoint batch');
    if (items.length === 1) return [{ item: first, error }];
    const middle = items.length >> 1;
    const left = await saveOrSplit(client, source, items.slice(0, middle), knownBy, saved);
    const right = await saveOrSplit(client, source, items.slice(middle), knownBy, saved);
    return [...left, ...right];
  }
}

async function insertBatch(
  client: Client,
  source: string,
  items: readonly RawItem[],
  knownBy: string | null,
  saved: Saved,
): Promise<void> {
  const text = items
    .map((item) => item.bytes.toString('utf8'))
    .join(String.fromCharCode(RECORD_SEPARATOR));
  // Times stay text: a JavaScript Date would cut them to milliseconds.
  const { rows } = await client.query<{
    inserted: string;
    overlap: string;
    oldest: string | null;
    newest: string | null;
  }>(
    `select inserted, overlap, oldest_event_at::text as oldest, newest_event_at::text as newest
     from bronze.save_events($1, $2, $3::timestamptz)`,
    [text, source, knownBy],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('bronze.save_events gave no row.');
  saved.inserted += Number(row.inserted);
  saved.overlap += Number(row.overlap);
  saved.oldest = earliest(saved.oldest, row.oldest);
  saved.newest = latest(saved.newest, row.newest);
}

async function addDeadLetter(
  client: Client,
  source: string,
  item: RawItem,
  code: string,
  message: string,
): Promise<void> {
  await client.query(
    `insert into bronze.dead_letter_queue as stored (source, position, raw, error_code, error_message)
     values ($1, $2, $3, $4, $5)
     on conflict (source, position, raw_sha256) do update
     set attempts = stored.attempts + 1, last_failed_at = excluded.last_failed_at`,
    [source, item.position, item.bytes, code, message],
  );
}

/** What PostgreSQL's text could not even receive. */
function findByteFault(bytes: Buffer): string | undefined {
  if (bytes.includes(NUL)) return 'the item contains a NUL byte';
  if (bytes.includes(RECORD_SEPARATOR))
    return 'the item contains the control character U+001E, which JSON does not allow';
  if (!isUtf8(bytes)) return 'the item is not valid UTF-8';
  return undefined;
}

// Both come from one session, in one format and zone, and years have four digits: their order is that of the text.
function earliest(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b < a) ? b : a;
}

function latest(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b > a) ? b : a;
}
