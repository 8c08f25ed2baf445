import { addMonths } from '../../shared/add-months.ts';
import { type Pool, withTransaction } from '../../shared/database.ts';
import { isTransient, messageOf, UserError } from '../../shared/errors.ts';
import { failpoint } from '../../shared/failpoint.ts';
import type { Logger } from '../../shared/logger.ts';
import { retry } from '../../shared/retry.ts';
import type { Batch } from './read-batches.ts';
import { type ChunkCounts, saveChunk } from './save-chunk.ts';
import type { Claim } from './source-ledger.ts';

export interface SaveBatchOptions {
  pool: Pool;
  log: Logger;
  signal: AbortSignal;
}

/**
 * Stores a batch and moves its file's row in ops.source_files on, in one transaction, until the database takes it.
 *
 * @returns the counts; undefined when it turned out that an attempt whose reply was lost had stored it.
 * @throws UserError when another run has taken the file over.
 */
export async function saveBatch(
  claim: Claim,
  batch: Batch,
  { pool, log, signal }: SaveBatchOptions,
): Promise<ChunkCounts | undefined> {
  const counts = await retry((attempt) => save(pool, claim, batch, attempt > 0), {
    retries: Number.POSITIVE_INFINITY,
    isWorthRetrying: isTransient,
    signal,
    onRetry: (error, attempt, pauseMs) =>
      log.warn(
        { source: claim.source, attempt },
        `could not store a part of ${claim.source}, trying again in ${(pauseMs / 1000).toFixed(1)} s: ${messageOf(error)}`,
      ),
  });
  failpoint('backfill.after-commit');
  if (counts !== undefined && counts.inserted > 0) await makeMonths(pool, log);
  return counts;
}

/** The first batch of a month is moved into a partition of its own; the others go there at once. */
async function makeMonths(pool: Pool, log: Logger): Promise<void> {
  try {
    await addMonths(pool, ['bronze.raw_events'], ({ table, month, rows }) =>
      log.debug({ table, month, rows }, `${table} has a partition for ${month.slice(0, 7)}`),
    );
  } catch (error) {
    // The rows are safe where they are; the transformer tries it too.
    log.warn(`could not make a partition: ${messageOf(error)}`);
  }
}

async function save(
  pool: Pool,
  claim: Claim,
  batch: Batch,
  isRepeated: boolean,
): Promise<ChunkCounts | undefined> {
  return await withTransaction(pool, async (client) => {
    // Events and ledger are lost together or not at all: a crash of the server costs the next run some reading.
    await client.query('set local synchronous_commit = off');
    if (isRepeated) {
      const { rows } = await client.query<{ done: boolean }>(
        `select settled @> int8range($2, $3) as done from ops.source_files where source_file_id = $1`,
        [claim.id, batch.from, batch.to],
      );
      if (rows[0]?.done === true) return undefined;
    }
    failpoint('backfill.before-insert');
    const counts = await saveChunk(client, claim.source, batch.items);
    let regrown = 0;
    if (batch.regrown !== undefined) {
      const { rowCount } = await client.query(
        `update bronze.dead_letter_queue
         set resolved_at = now(), resolution = 'replayed', resolution_note = 'the file has grown, and the line with it'
         where source = $1 and position = $2 and resolved_at is null and raw = substring($3::bytea for length(raw))
           and length(raw) < length($3::bytea)`,
        [claim.source, batch.regrown.position, batch.regrown.original ?? batch.regrown.bytes],
      );
      regrown = Math.min(1, rowCount ?? 0);
    }
    const { rowCount } = await client.query(
      `update ops.source_files
       set settled = settled + int8multirange(int8range($3, $4)),
         fingerprint = case when $4 > bytes_read then $5 else fingerprint end,
         bytes_read = greatest(bytes_read, $4),
         items_read = items_read + $6 - $10, items_refused = items_refused + $9 - $10,
         fetched = fetched + $6, inserted = inserted + $7, duplicates = duplicates + $8,
         dead_lettered = dead_lettered + $9,
         updated_at = now()
       where source_file_id = $1 and attempts = $2`,
      [
        claim.id,
        claim.attempt,
        batch.from,
        batch.to,
        batch.fingerprint,
        counts.fetched,
        counts.inserted,
        counts.duplicates,
        counts.deadLettered,
        regrown,
      ],
    );
    if (rowCount !== 1)
      throw new UserError(`Another run has begun to load ${claim.location}; this one leaves it.`);
    failpoint('backfill.before-commit');
    return counts;
  });
}
