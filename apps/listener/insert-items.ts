import { isUtf8 } from 'node:buffer';
import type { Client } from '../shared/database.ts';
import type { Refusal } from './add-dead-letters.ts';
import type { RawItem } from './save-events.ts';

/** Stands between JSON texts (RFC 7464); no valid JSON text contains it, nor can PostgreSQL's text hold NUL. */
const RECORD_SEPARATOR = 0x1e;
const NUL = 0x00;
/** SQLSTATE of a value that may not be NULL. */
const NO_IDENTITY = '23502';

/** What became of the items that a batch did not lose. */
export interface StoredItems {
  inserted: number;
  /** Items that bronze had before `knownBy`. */
  overlap: number;
  /** Span of the created_at of all that are events, as PostgreSQL writes it. */
  oldestEventAt: string | null;
  newestEventAt: string | null;
}

interface Destination {
  client: Client;
  source: string;
  knownBy: string | null;
  stored: StoredItems;
}

/**
 * Stores items inside the caller's transaction: set-based when all is well, and when PostgreSQL refuses the data, all but
 * those it names as bad, and what it cannot name it by halves.
 *
 * @param knownBy time before which a stored item counts as overlap, as PostgreSQL writes it; null to count none.
 * @throws any error that is not the data's fault: the transaction has to be rolled back and run again.
 */
export async function insertItems<T extends RawItem>(
  client: Client,
  source: string,
  items: readonly T[],
  knownBy: string | null = null,
): Promise<{ stored: StoredItems; refused: Refusal<T>[] }> {
  const stored = { inserted: 0, overlap: 0, oldestEventAt: null, newestEventAt: null };
  const destination = { client, source, knownBy, stored };
  const text = packItems(items);
  if (items.length === 0 || isSound(text, items.length))
    return { stored, refused: await insertOrNarrow(destination, items, text) };
  const { sound, refused } = separateByteFaults(items);
  refused.push(...(await insertOrNarrow(destination, sound, packItems(sound))));
  return { stored, refused };
}

async function insertOrNarrow<T extends RawItem>(
  destination: Destination,
  items: readonly T[],
  text: Buffer,
): Promise<Refusal<T>[]> {
  const [first] = items;
  if (first === undefined) return [];
  const { client } = destination;
  const { leftOut, errorCode, errorMessage } = await saveBatch(destination, text, items.length);
  if (errorCode === null) {
    const unfit = leftOut.flatMap((number) => items[number - 1] ?? []);
    return unfit.length === 0 ? [] : await nameReasons(client, unfit);
  }
  if (items.length === 1) return [{ item: first, code: errorCode, message: errorMessage ?? '' }];

  const refused = await findRefused(client, items, text);
  if (refused.length > 0) {
    const bad = new Set(refused.map(({ item }) => item));
    const rest = items.filter((item) => !bad.has(item));
    return [...refused, ...(await insertOrNarrow(destination, rest, packItems(rest)))];
  }
  const middle = items.length >> 1;
  const [left, right] = [items.slice(0, middle), items.slice(middle)];
  return [
    ...(await insertOrNarrow(destination, left, packItems(left))),
    ...(await insertOrNarrow(destination, right, packItems(right))),
  ];
}

interface SavedRow {
  inserted: string;
  overlap: string;
  oldest: string | null;
  newest: string | null;
  /** Numbers, from 1, of items that have no identity. */
  leftOut: number[];
  /** SQLSTATE and message of why nothing was stored; null when it was. */
  errorCode: string | null;
  errorMessage: string | null;
}

async function saveBatch(
  { client, source, knownBy, stored }: Destination,
  text: Buffer,
  itemCount: number,
): Promise<SavedRow> {
  // Times stay text: a JavaScript Date would cut them to milliseconds.
  const { rows } = await client.query<SavedRow>(
    `select inserted, overlap, oldest_event_at::text as oldest, newest_event_at::text as newest,
       left_out::integer[] as "leftOut", error_code as "errorCode", error_message as "errorMessage"
     from bronze.save_events($1, $2, $3, $4::timestamptz)`,
    [text, itemCount, source, knownBy],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('bronze.save_events gave no row.');
  stored.inserted += Number(row.inserted);
  stored.overlap += Number(row.overlap);
  stored.oldestEventAt = earliest(stored.oldestEventAt, row.oldest);
  stored.newestEventAt = latest(stored.newestEventAt, row.newest);
  return row;
}

// Both come in one format and in UTC (settleSession), and years have four digits: their order is that of the text.
function earliest(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b < a) ? b : a;
}

function latest(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b > a) ? b : a;
}

async function nameReasons<T extends RawItem>(
  client: Client,
  items: readonly T[],
): Promise<Refusal<T>[]> {
  const named = await findRefused(client, items, packItems(items));
  const reasons = new Map(named.map((refusal) => [refusal.item, refusal]));
  return items.map(
    (item) =>
      reasons.get(item) ?? { item, code: NO_IDENTITY, message: 'the item has no id or type' },
  );
}

/** What PostgreSQL can name as bad without storing anything; nothing when it fails at that. */
async function findRefused<T extends RawItem>(
  client: Client,
  items: readonly T[],
  text: Buffer,
): Promise<Refusal<T>[]> {
  const { rows } = await client.query<{ n: number; code: string; message: string }>(
    `select item_number::integer as n, error_code as code, error_message as message
     from bronze.find_refused($1)`,
    [text],
  );
  return rows.flatMap(({ n, code, message }) => {
    const item = items[n - 1];
    return item === undefined ? [] : [{ item, code, message }];
  });
}

function packItems(items: readonly RawItem[]): Buffer {
  const size = items.reduce((sum, item) => sum + (item.length ?? item.bytes.length) + 1, 0);
  const text = Buffer.allocUnsafe(size);
  let position = 0;
  for (const item of items) {
    position += item.copyTo?.(text, position) ?? item.bytes.copy(text, position);
    text[position++] = RECORD_SEPARATOR;
  }
  return text.subarray(0, Math.max(0, size - 1));
}

/** Whether no item has a byte fault: one look at all of them costs a tenth of one at each. */
function isSound(text: Buffer, itemCount: number): boolean {
  if (text.includes(NUL) || !isUtf8(text)) return false;
  let separators = 0;
  for (
    let at = text.indexOf(RECORD_SEPARATOR);
    at >= 0;
    at = text.indexOf(RECORD_SEPARATOR, at + 1)
  )
    separators++;
  return separators === itemCount - 1;
}

function separateByteFaults<T extends RawItem>(
  items: readonly T[],
): { sound: T[]; refused: Refusal<T>[] } {
  const sound: T[] = [];
  const refused: Refusal<T>[] = [];
  for (const item of items) {
    const message = findByteFault(item.bytes);
    if (message === undefined) sound.push(item);
    else refused.push({ item, code: '22021', message });
  }
  return { sound, refused };
}

/** What PostgreSQL's text could not even receive. */
function findByteFault(bytes: Buffer): string | undefined {
  if (bytes.includes(NUL)) return 'the item contains a NUL byte';
  if (bytes.includes(RECORD_SEPARATOR))
    return 'the item contains the control character U+001E, which JSON does not allow';
  if (!isUtf8(bytes)) return 'the item is not valid UTF-8';
  return undefined;
}
