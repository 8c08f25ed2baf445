import { createHash } from 'node:crypto';
import type { Item, Splitter } from './item.ts';

/** How far a text is settled: what earlier runs stored of it. */
export interface Settled {
  /** Ranges of bytes whose items are stored, in order. */
  ranges: readonly { from: number; to: number }[];
  /** End of the last range. */
  bytesRead: number;
  /** SHA-256 of everything up to there. */
  fingerprint: Buffer | null;
}

/** Items that are stored in one transaction. */
export interface Batch {
  items: Item[];
  /** The part of the text that is settled with them. */
  from: number;
  to: number;
  /** SHA-256 of the text up to `to`. */
  fingerprint: Buffer;
  /** The beginning of this item was refused as the torn end of a file that has grown since. */
  regrown: Item | undefined;
}

export interface BatchLimits {
  bytes: number;
  items: number;
}

/** Thrown when a text does not begin with what was settled of it. */
export class ContentChanged extends Error {
  override name = 'ContentChanged';
}

const WINDOW = 512 * 1024;

/**
 * Cuts a text into batches of items, leaving out those that are settled. Memory holds a batch and a window, whatever the
 * text's length.
 *
 * @param onItems told how many items went by, settled or not.
 * @param windowSize bytes that are split at once.
 * @throws ContentChanged when the text is not the one that was settled in part.
 */
export async function* readBatches(
  text: AsyncIterable<Buffer>,
  splitter: Splitter,
  settled: Settled,
  limits: BatchLimits,
  onItems: (count: number) => void,
  windowSize = WINDOW,
): AsyncGenerator<Batch> {
  const prefix = createPrefixHash(settled);
  let batch = startBatch(0);
  let base = 0;
  let window = Buffer.alloc(0);

  function take(isEnd: boolean): void {
    const { items, consumed } = splitter.split(window, isEnd);
    onItems(items.length);
    for (const item of items) {
      item.start += base;
      item.end += base;
    }
    prefix.add(window.subarray(0, consumed), items.at(-1)?.end ?? base);
    for (const item of items) {
      if (isSettled(settled, item)) continue;
      if (item.start < settled.bytesRead && item.end > settled.bytesRead) batch.regrown = item;
      batch.items.push(item);
      batch.size += item.length;
    }
    base += consumed;
    window = window.subarray(consumed);
  }

  function endBatch(): Batch {
    const { items, from, regrown } = batch;
    const finished = { items, from, regrown, to: prefix.length(), fingerprint: prefix.digest() };
    batch = startBatch(finished.to);
    return finished;
  }

  let gathered: Buffer[] = [];
  let gatheredLength = 0;
  for await (const piece of text) {
    gathered.push(piece);
    gatheredLength += piece.length;
    // Twice as much each time an item does not fit, so that a long one is not scanned over and over.
    if (gatheredLength < Math.max(windowSize, window.length)) continue;
    window = Buffer.concat([window, ...gathered]);
    gathered = [];
    gatheredLength = 0;
    take(false);
    if (batch.size >= limits.bytes || batch.items.length >= limits.items) yield endBatch();
  }
  window = Buffer.concat([window, ...gathered]);
  take(true);
  prefix.finish();
  if (batch.items.length > 0) yield endBatch();
}

function startBatch(from: number) {
  return { items: [] as Item[], size: 0, from, regrown: undefined as Item | undefined };
}

function isSettled({ ranges }: Settled, { start, end }: Item): boolean {
  return ranges.some((range) => range.from <= start && end <= range.to);
}

/**
 * Hashes a text up to the end of the last item, not further: a JSON array that grows keeps everything but its last
 * bracket. Compares on the way what was settled.
 */
function createPrefixHash({ bytesRead, fingerprint }: Settled) {
  const hash = createHash('sha256');
  let length = 0;
  let held = Buffer.alloc(0);
  let isChecked = fingerprint === null;

  function update(bytes: Buffer): void {
    const before = isChecked ? bytes.length : Math.min(bytes.length, bytesRead - length);
    hash.update(bytes.subarray(0, before));
    length += before;
    if (!isChecked && length === bytesRead) {
      if (fingerprint?.equals(digest()) !== true) throw new ContentChanged();
      isChecked = true;
    }
    if (before < bytes.length) update(bytes.subarray(before));
  }

  function digest(): Buffer {
    return hash.copy().digest();
  }

  return {
    digest,
    length: () => length,
    add: (bytes: Buffer, itemsEnd: number) => {
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      const settledPart = Math.max(0, Math.min(all.length, itemsEnd - length));
      update(all.subarray(0, settledPart));
      held = Buffer.from(all.subarray(settledPart));
      // Megabytes without an item (a wrapper's other fields) are not to pile up.
      if (held.length > WINDOW) {
        update(held);
        held = Buffer.alloc(0);
      }
    },
    finish: () => {
      if (!isChecked) update(held);
      if (!isChecked) throw new ContentChanged();
    },
  };
}
