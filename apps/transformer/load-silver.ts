import type { ClientBase } from 'pg';
import type { Queryable } from '../shared/database.ts';
import { messageOf } from '../shared/errors.ts';
import { failpoint } from '../shared/failpoint.ts';
import type { Logger } from '../shared/logger.ts';
import type { RunResult } from './pipeline-run.ts';

export interface SilverOptions {
  client: Queryable;
  log: Logger;
  batchSize: number;
  graceMinutes: number;
  /** Stops between two batches; what is done stays done. */
  signal: AbortSignal;
  /** Runs one round, again after a fault that passes. */
  retry: <T>(round: () => Promise<T>) => Promise<T>;
  /** Opens another connection to the warehouse, to work on two slices at once. Without it, one after the other. */
  connect?: () => Promise<ClientBase & { end: () => Promise<void> }>;
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

/** What silver.next_slice says. */
interface Slice {
  after: string;
  /** NULL when nothing was left to read. */
  up_to: string | null;
  is_last: boolean;
  rows_read: string;
  oldest: string | null;
  newest: string | null;
}

/** What silver.load_slice says. */
interface Loaded {
  processed_at: string;
  rows_new: string;
  rows_without_time: string;
  rows_unreadable: string;
}

/** Most unreadable rows of one batch that are named in the log; all are in silver.events.unreadable. */
const DETAIL_LIMIT = 100;

/**
 * Brings what is new in bronze to silver, slice by slice. While more than one slice is left, two are loaded at once, on a
 * connection each; the watermark moves with the earlier one, after the later one is committed, so that it never passes
 * a row that is not in silver.
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
  const second = createSecond(options);
  let after = plan.read_after;
  try {
    for (let isLast = false; !isLast && !signal.aborted; ) {
      const roundStartedAt = performance.now();
      const { slices, loaded } = await retry(async () => {
        const slices = await nextSlices(client, after, batchSize);
        return { slices, loaded: await loadSlices(slices, plan, options, second) };
      });
      const rowsNew = sum(loaded.map((slice) => slice.rows_new));
      result.rowsIn += sum(slices.map((slice) => slice.rows_read));
      result.rowsOut += rowsNew;
      result.rowsRejected += sum(loaded.map((slice) => slice.rows_without_time));
      if (rowsNew > 0) {
        const durationMs = Math.round(performance.now() - roundStartedAt);
        log.info({ rows: rowsNew, durationMs }, `events: ${rowsNew} rows | ${durationMs} ms`);
      }
      for (const slice of loaded) await logUnreadable(client, log, slice);
      const last = slices.at(-1);
      after = last?.up_to ?? after;
      isLast = last?.is_last ?? true;
      // Not before the end: a run that was cut short has to be made up for.
      if (isLast && plan.is_full_read) {
        await client.query(`select ops.note_full_read('silver', $1, $2)`, [
          plan.begins_at,
          plan.watermark,
        ]);
      }
    }
  } finally {
    await second.close();
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

/** One slice, or two while there are more to come. */
async function nextSlices(client: Queryable, after: string, batchSize: number): Promise<Slice[]> {
  const first = await nextSlice(client, after, batchSize);
  if (first.up_to === null || first.is_last) return [first];
  const further = await nextSlice(client, first.up_to, batchSize);
  return further.up_to === null ? [{ ...first, is_last: true }] : [first, further];
}

async function nextSlice(client: Queryable, after: string, batchSize: number): Promise<Slice> {
  const { rows } = await client.query<Omit<Slice, 'after'>>(
    'select up_to::text, is_last, rows_read, oldest::text, newest::text from silver.next_slice($1, $2)',
    [after, batchSize],
  );
  if (rows[0] === undefined) throw new Error('silver.next_slice gave no row.');
  return { after, ...rows[0] };
}

async function loadSlices(
  slices: readonly Slice[],
  plan: Plan,
  { client, graceMinutes }: SilverOptions,
  second: Second,
): Promise<Loaded[]> {
  const [slice, further] = slices;
  const last = slices.at(-1);
  if (slice === undefined || last === undefined || slice.up_to === null) return [];
  failpoint('silver.before-load');
  await client.query('begin');
  try {
    const other = further === undefined ? undefined : await second.connect();
    const loads = await Promise.allSettled([
      loadSlice(client, slice),
      ...(further !== undefined && other !== undefined ? [loadSlice(other, further)] : []),
    ]);
    const loaded = loads.map((load) => {
      if (load.status === 'rejected') throw load.reason;
      return load.value;
    });
    // The further slice is committed by now, on its own connection; this one is not.
    if (other !== undefined) failpoint('silver.between-slices');
    if (further !== undefined && other === undefined) loaded.push(await loadSlice(client, further));
    await client.query(
      `select ops.advance_watermark('silver', $1, $2, make_interval(mins => $3))`,
      [last.up_to, plan.settled, graceMinutes],
    );
    failpoint('silver.before-commit');
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') throw new Error(`The transaction ended in ${command}.`);
    failpoint('silver.after-commit');
    return loaded;
  } catch (error) {
    await second.close();
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

async function loadSlice(client: Queryable, slice: Slice): Promise<Loaded> {
  const { rows } = await client.query<Loaded>(
    `select processed_at::text, rows_new, rows_without_time, rows_unreadable
     from silver.load_slice($1, $2, $3, $4)`,
    [slice.after, slice.up_to, slice.oldest, slice.newest],
  );
  if (rows[0] === undefined) throw new Error('silver.load_slice gave no row.');
  return rows[0];
}

async function logUnreadable(client: Queryable, log: Logger, batch: Loaded): Promise<void> {
  if (Number(batch.rows_unreadable) + Number(batch.rows_without_time) === 0) return;
  log.warn(
    {
      rowsUnreadable: Number(batch.rows_unreadable),
      rowsWithoutTime: Number(batch.rows_without_time),
    },
    `in this slice, rows without a readable time, which stay out of gold: ${batch.rows_without_time}; rows with any unreadable field (see silver.events.unreadable): ${batch.rows_unreadable}`,
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

interface Second {
  /** The second connection, opened when it is first needed; undefined when there is none to be had. */
  connect: () => Promise<Queryable | undefined>;
  /** Closes it. After a failure it is not opened again in this run. */
  close: () => Promise<void>;
}

function createSecond({ connect, log }: SilverOptions): Second {
  let opened: Promise<(Queryable & { end: () => Promise<void> }) | undefined> | undefined;
  return {
    connect: () => {
      opened ??= (connect?.() ?? Promise.resolve(undefined)).catch((error: unknown) => {
        log.debug(`no second connection for silver: ${messageOf(error)}`);
        return undefined;
      });
      return opened;
    },
    close: async () => {
      const client = await opened;
      opened = Promise.resolve(undefined);
      await client?.end().catch(() => {});
    },
  };
}

function sum(counts: readonly string[]): number {
  return counts.reduce((total, count) => total + Number(count), 0);
}
