import type { Queryable } from '../shared/database.ts';
import type { Logger } from '../shared/logger.ts';
import type { RunResult } from './pipeline-run.ts';

export interface SilverOptions {
  client: Queryable;
  log: Logger;
  batchSize: number;
  graceMinutes: number;
  /** Stops between two batches; what is done stays done. */
  signal: AbortSignal;
  /** Runs one batch, again after a fault that passes. */
  retry: <T>(batch: () => Promise<T>) => Promise<T>;
}

/** What silver.begin_run says. Times are PostgreSQL's text: a JavaScript Date would lose their microseconds. */
interface Plan {
  read_after: string;
  is_full_read: boolean;
  begins_at: string;
  watermark: string | null;
  /** NULL when it is not known. */
  settled: string | null;
  holds_watermark: boolean;
}

/** What silver.load_batch says. */
interface Batch {
  next_after: string | null;
  is_last: boolean;
  processed_at: string;
  rows_read: string;
  rows_new: string;
  rows_without_time: string;
  rows_unreadable: string;
}

/** Most unreadable rows of one batch that are named in the log; all are in silver.events.unreadable. */
const DETAIL_LIMIT = 100;

/**
 * Brings what is new in bronze to silver, batch by batch, each in a transaction of its own.
 *
 * @returns rows read and new; `rowsRejected` counts new rows that stay out of gold for want of a readable time.
 */
export async function loadSilver(options: SilverOptions): Promise<RunResult> {
  const { client, log, batchSize, graceMinutes, signal, retry } = options;
  const startedAt = performance.now();
  const result: RunResult = { rowsIn: 0, rowsOut: 0, rowsRejected: 0, steps: [] };
  const plan = await beginRun(client, batchSize, graceMinutes);
  if (plan.holds_watermark) {
    log.warn(
      `a transaction that has been open since ${plan.settled} holds the silver watermark back; what follows it is read again in every run until it ends`,
    );
  }
  let after = plan.read_after;

  for (let isLast = false; !isLast && !signal.aborted; ) {
    const batchStartedAt = performance.now();
    const batch = await retry(() =>
      loadBatch(client, after, batchSize, plan.settled, graceMinutes),
    );
    const rowsNew = Number(batch.rows_new);
    result.rowsIn += Number(batch.rows_read);
    result.rowsOut += rowsNew;
    result.rowsRejected += Number(batch.rows_without_time);
    if (rowsNew > 0) {
      const durationMs = Math.round(performance.now() - batchStartedAt);
      log.info({ rows: rowsNew, durationMs }, `events: ${rowsNew} rows | ${durationMs} ms`);
    }
    if (Number(batch.rows_unreadable) + Number(batch.rows_without_time) > 0) {
      await logUnreadable(client, log, batch);
    }
    after = batch.next_after ?? after;
    isLast = batch.is_last;
    // Not before the end: a run that was cut short has to be made up for.
    if (isLast && plan.is_full_read) {
      await client.query(`select ops.note_full_read('silver', $1, $2)`, [
        plan.begins_at,
        plan.watermark,
      ]);
    }
  }
  const duration_ms = Math.round(performance.now() - startedAt);
  result.steps.push({ step: 'events', rows: result.rowsOut, duration_ms });
  return result;
}

async function beginRun(client: Queryable, batchSize: number, graceMinutes: number): Promise<Plan> {
  const { rows } = await client.query<Plan>(
    `select read_after::text, is_full_read, begins_at::text, watermark::text, settled::text,
       coalesce(settled < now() - make_interval(mins => $1), false) as holds_watermark
     from silver.begin_run(make_interval(mins => $1), $2)`,
    [graceMinutes, batchSize],
  );
  const plan = rows[0];
  if (plan === undefined) throw new Error('silver.begin_run gave no row.');
  return plan;
}

async function loadBatch(
  client: Queryable,
  after: string,
  batchSize: number,
  settled: string | null,
  graceMinutes: number,
): Promise<Batch> {
  const { rows } = await client.query<Batch>(
    `select next_after::text, is_last, now()::text as processed_at, rows_read, rows_new, rows_without_time, rows_unreadable
     from silver.load_batch($1, $2, $3, make_interval(mins => $4))`,
    [after, batchSize, settled, graceMinutes],
  );
  const batch = rows[0];
  if (batch === undefined) throw new Error('silver.load_batch gave no row.');
  return batch;
}

async function logUnreadable(client: Queryable, log: Logger, batch: Batch): Promise<void> {
  log.warn(
    {
      rowsUnreadable: Number(batch.rows_unreadable),
      rowsWithoutTime: Number(batch.rows_without_time),
    },
    `in this batch, rows without a readable time, which stay out of gold: ${batch.rows_without_time}; rows with any unreadable field (see silver.events.unreadable): ${batch.rows_unreadable}`,
  );
  const { rows } = await client.query<{
    event_id: string;
    event_type: string;
    source: string;
    unreadable: string[] | null;
  }>(
    `select event_id, event_type, source, unreadable from silver.events
     where (unreadable is not null or event_time is null) and processed_at = $1::timestamptz limit $2`,
    [batch.processed_at, DETAIL_LIMIT],
  );
  for (const row of rows)
    log.debug(row, `cannot be read: ${row.unreadable?.join(', ') ?? 'created_at was not sent'}`);
}
