import { type Pool, withTransaction } from '../shared/database.ts';
import { UserError } from '../shared/errors.ts';
import { addDeadLetters } from './add-dead-letters.ts';
import { type CsvColumns, convertCsvRecord } from './backfill/convert-csv-record.ts';
import { type RawItem, saveEvents } from './save-events.ts';

/** One row of bronze.dead_letter_queue. Times are UTC text. */
export interface DeadLetter {
  dead_letter_id: string;
  source: string;
  position: string | null;
  error_code: string;
  error_message: string;
  failed_at: string;
  last_failed_at: string;
  attempts: number;
  resolved_at: string | null;
  resolution: 'replayed' | 'discarded' | null;
  resolution_note: string | null;
  size_bytes: number;
}

/** Which dead letters; an empty filter means all. */
export interface DeadLetterFilter {
  id?: string | undefined;
  /** Beginning of the source, such as `api:` or `gharchive:2026-01`. */
  source?: string | undefined;
  /** SQLSTATE. */
  code?: string | undefined;
  /** Resolved ones as well. */
  includeResolved?: boolean | undefined;
}

const CONDITION = `
  ($1::bigint is null or dead_letter_id = $1)
  and ($2::text is null or starts_with(source, $2))
  and ($3::text is null or error_code = $3)
  and ($4::boolean or resolved_at is null)`;

function parameters(filter: DeadLetterFilter): unknown[] {
  return [
    readId(filter.id),
    filter.source ?? null,
    filter.code ?? null,
    filter.includeResolved ?? false,
  ];
}

/** Lists dead letters, the newest first. */
export async function listDeadLetters(
  pool: Pool,
  filter: DeadLetterFilter,
  limit: number,
): Promise<DeadLetter[]> {
  const { rows } = await pool.query<DeadLetter>(
    `select dead_letter_id, source, position, error_code, error_message,
       to_char(failed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as failed_at,
       to_char(last_failed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last_failed_at,
       attempts,
       to_char(resolved_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as resolved_at,
       resolution, resolution_note, length(raw) as size_bytes
     from bronze.dead_letter_queue where ${CONDITION}
     order by dead_letter_id desc limit $5`,
    [...parameters(filter), limit],
  );
  return rows;
}

/** The bytes of a dead letter as they came. @throws UserError when there is no such letter. */
export async function readRaw(pool: Pool, id: string): Promise<Buffer> {
  const { rows } = await pool.query<{ raw: Buffer }>(
    'select raw from bronze.dead_letter_queue where dead_letter_id = $1',
    [readId(id)],
  );
  if (rows[0] === undefined) throw noSuchLetter(id);
  return rows[0].raw;
}

export interface ReplayCounts {
  replayed: number;
  /** Of the replayed, those whose event bronze had by now. */
  alreadyKnown: number;
  refusedAgain: number;
}

/**
 * Tries to store open dead letters as events once more, each in a transaction of its own. Those that go in are marked
 * replayed; the others stay open with one attempt more.
 */
export async function replayDeadLetters(
  pool: Pool,
  filter: DeadLetterFilter,
): Promise<ReplayCounts> {
  const { rows } = await pool.query<{ dead_letter_id: string }>(
    `select dead_letter_id from bronze.dead_letter_queue where ${CONDITION} order by dead_letter_id`,
    parameters({ ...filter, includeResolved: false }),
  );
  const counts: ReplayCounts = { replayed: 0, alreadyKnown: 0, refusedAgain: 0 };
  for (const { dead_letter_id } of rows) {
    const outcome = await replayOne(pool, dead_letter_id);
    if (outcome === 'refused') counts.refusedAgain++;
    if (outcome === 'inserted' || outcome === 'known') counts.replayed++;
    if (outcome === 'known') counts.alreadyKnown++;
  }
  return counts;
}

type ReplayOutcome = 'inserted' | 'known' | 'refused' | 'resolved meanwhile';

interface StoredLetter {
  source: string;
  position: string | null;
  raw: Buffer;
  columns: CsvColumns | null;
}

async function replayOne(pool: Pool, id: string): Promise<ReplayOutcome> {
  return await withTransaction(pool, async (client) => {
    const { rows } = await client.query<StoredLetter>(
      `select source, position, raw, csv_columns as columns from bronze.dead_letter_queue
       where dead_letter_id = $1 and resolved_at is null for update`,
      [id],
    );
    const letter = rows[0];
    if (letter === undefined) return 'resolved meanwhile';
    const { source, position, raw, columns } = letter;
    let item: RawItem = { bytes: raw, position };
    if (columns !== null) {
      const converted = convertCsvRecord(raw, columns);
      if (converted.kind === 'fault') {
        await addDeadLetters(client, source, [{ item, ...converted }]);
        return 'refused';
      }
      item = { bytes: converted.json, original: raw, position };
    }
    // Refused again, it meets its own row in the queue, which counts the attempt.
    const saved = await saveEvents(client, source, [item]);
    if (saved.deadLettered > 0) return 'refused';
    await client.query(
      `update bronze.dead_letter_queue
       set resolved_at = now(), resolution = 'replayed', resolution_note = $2 where dead_letter_id = $1`,
      [id, saved.inserted > 0 ? 'stored as a new event' : 'bronze had the event already'],
    );
    return saved.inserted > 0 ? 'inserted' : 'known';
  });
}

/**
 * Marks a dead letter as not worth keeping open. Its bytes stay.
 *
 * @returns false when it was resolved before.
 * @throws UserError when there is no such letter.
 */
export async function discardDeadLetter(pool: Pool, id: string, why: string): Promise<boolean> {
  const { rows } = await pool.query<{ was_open: boolean }>(
    `with discarded as (
       update bronze.dead_letter_queue
       set resolved_at = now(), resolution = 'discarded', resolution_note = $2
       where dead_letter_id = $1 and resolved_at is null
       returning 1
     )
     select exists (select from discarded) as was_open from bronze.dead_letter_queue where dead_letter_id = $1`,
    [readId(id), why],
  );
  if (rows[0] === undefined) throw noSuchLetter(id);
  return rows[0].was_open;
}

function readId(id: string | undefined): string | null {
  if (id === undefined) return null;
  if (!/^\d{1,18}$/.test(id)) throw new UserError(`"${id}" is no number of a dead letter.`);
  return id;
}

function noSuchLetter(id: string): UserError {
  return new UserError(
    `There is no dead letter ${id}. List them with: npm run dead-letters -- list --all`,
  );
}
