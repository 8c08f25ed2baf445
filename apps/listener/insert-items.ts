import { isUtf8 } from 'node:buffer';
import type { Client } from '../shared/database.ts';
import type { Refusal } from './add-dead-letters.ts';
import type { RawItem } from './save-events.ts';

/** Stands between JSON texts (RFC 7464); no valid JSON text contains it, nor can PostgreSQL's text hold NUL. */
const RECORD_SEPARATOR = 0x1e;
const NUL = 0x00;
/** SQLSTATE of a value that may not be NULL. */
const NO_IDENTITY = '23502';

/** What a function of bronze that stores a batch says in its row. */
export interface StoredRow {
  /** SQLSTATE and message of why it stored nothing; null when it did. */
  errorCode: string | null;
  errorMessage: string | null;
  /** Numbers, from 1, of items that it left out. */
  leftOut?: number[];
}

/** Stores the items of a text that has U+001E between them: all, or none when it says why, or all but those left out. */
export type InsertBatch = (text: Buffer, itemCount: number) => Promise<StoredRow>;

/**
 * Stores items inside the caller's transaction: set-based when all is well, and when PostgreSQL refuses the data, all but
 * those it names as bad, and what it cannot name it by halves.
 *
 * @returns the items that were refused, and why.
 * @throws any error that is not the data's fault: the transaction has to be rolled back and run again.
 */
export async function insertItems<T extends RawItem>(
  client: Client,
  items: readonly T[],
  insertBatch: InsertBatch,
): Promise<Refusal<T>[]> {
  if (items.length === 0) return [];
  const text = packItems(items);
  if (isSound(text, items.length)) return await insertOrNarrow(client, items, text, insertBatch);
  const { sound, refused } = separateByteFaults(items);
  return [...refused, ...(await insertOrNarrow(client, sound, packItems(sound), insertBatch))];
}

async function insertOrNarrow<T extends RawItem>(
  client: Client,
  items: readonly T[],
  text: Buffer,
  insertBatch: InsertBatch,
): Promise<Refusal<T>[]> {
  const [first] = items;
  if (first === undefined) return [];
  const { errorCode, errorMessage, leftOut = [] } = await insertBatch(text, items.length);
  if (errorCode === null) {
    const unfit = leftOut.flatMap((number) => items[number - 1] ?? []);
    return unfit.length === 0 ? [] : await nameReasons(client, unfit);
  }
  if (items.length === 1) return [{ item: first, code: errorCode, message: errorMessage ?? '' }];

  const refused = await findRefused(client, items, text);
  if (refused.length > 0) {
    const bad = new Set(refused.map(({ item }) => item));
    const rest = items.filter((item) => !bad.has(item));
    return [...refused, ...(await insertOrNarrow(client, rest, packItems(rest), insertBatch))];
  }
  const middle = items.length >> 1;
  const [left, right] = [items.slice(0, middle), items.slice(middle)];
  return [
    ...(await insertOrNarrow(client, left, packItems(left), insertBatch)),
    ...(await insertOrNarrow(client, right, packItems(right), insertBatch)),
  ];
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
