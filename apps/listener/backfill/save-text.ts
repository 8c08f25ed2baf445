import type { Pool } from '../../shared/database.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Splitter } from './item.ts';
import type { Limiter } from './limiter.ts';
import type { FileProgress } from './progress.ts';
import { type BatchLimits, readBatches } from './read-batches.ts';
import { saveBatch } from './save-batch.ts';
import type { Claim } from './source-ledger.ts';

export interface SaveTextOptions {
  pool: Pool;
  log: Logger;
  /** Aborts when no further batch is to be begun; those in hand are stored. */
  signal: AbortSignal;
  /** One permit for each connection. */
  writers: Limiter;
  progress: FileProgress;
}

/** Enough to make the cost of a transaction vanish; more brings nothing but memory. */
const BATCH: BatchLimits = { bytes: 1024 * 1024, items: 10_000 };

/**
 * Stores what is not settled of a text, several batches at a time. They may be stored in any order: the ledger knows
 * ranges.
 *
 * @returns the text's items, and what became of them in this run.
 * @throws what a batch met for good, or the signal's reason, after the batches in hand have ended.
 */
export async function saveText(
  claim: Claim,
  text: AsyncIterable<Buffer>,
  splitter: Splitter,
  { pool, log, signal, writers, progress }: SaveTextOptions,
): Promise<{ items: number; inserted: number; deadLettered: number }> {
  const counts = { items: 0, inserted: 0, deadLettered: 0 };
  const inHand = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;
  const batches = readBatches(text, splitter, claim.settled, BATCH, (items) => {
    counts.items += items;
  });
  try {
    for await (const batch of batches) {
      const release = await writers.acquire();
      if (failure !== undefined || signal.aborted) {
        release();
        break;
      }
      const saving = saveBatch(claim, batch, { pool, log, signal })
        .then((saved) => {
          if (saved === undefined) return;
          counts.inserted += saved.inserted;
          counts.deadLettered += saved.deadLettered;
          // What was taken apart counts for its pieces.
          counts.items += saved.fetched - batch.items.length;
          progress.settled(saved.fetched);
        })
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          release();
          inHand.delete(saving);
        });
      inHand.add(saving);
    }
  } finally {
    await Promise.all(inHand);
  }
  if (failure !== undefined) throw failure.error;
  signal.throwIfAborted();
  return counts;
}
