import type { Client } from '../shared/database.ts';
import type { RawItem } from './save-events.ts';

/** An item that could not be stored as an event. */
export interface Refusal<T extends RawItem = RawItem> {
  item: T;
  /** SQLSTATE of what was wrong with it. */
  code: string;
  message: string;
}

/** Fewer parameters and less memory than all at once; a file of nothing but garbage has thousands. */
const BATCH = 500;

/**
 * Puts refused items into the dead letters with their bytes, in key order. The same item from the same place is the same
 * dead letter.
 */
export async function addDeadLetters(
  client: Client,
  source: string,
  refusals: readonly Refusal[],
): Promise<void> {
  for (let from = 0; from < refusals.length; from += BATCH) {
    const batch = refusals.slice(from, from + BATCH);
    await client.query(
      `insert into bronze.dead_letter_queue as stored (source, position, raw, error_code, error_message, csv_columns, attempts)
       select $1, position, (array_agg(raw))[1], min(error_code), min(error_message), min(csv_columns)::jsonb, count(*)
       from (
         select position, bronze.admit_letter(bytes) as raw, error_code, error_message, csv_columns
         from unnest($2::text[], $3::bytea[], $4::text[], $5::text[], $6::text[])
           as sent (position, bytes, error_code, error_message, csv_columns)
         offset 0
       ) as letter
       group by position, sha256(raw)
       order by position, sha256(raw)
       on conflict (source, position, raw_sha256) do update
       set attempts = stored.attempts + excluded.attempts, last_failed_at = excluded.last_failed_at,
         csv_columns = coalesce(excluded.csv_columns, stored.csv_columns)`,
      [
        source,
        batch.map(({ item }) => item.position),
        batch.map(({ item }) => item.original ?? item.bytes),
        batch.map(({ code }) => code),
        batch.map(({ message }) => message),
        batch.map(({ item }) => item.csvColumns ?? null),
      ],
    );
  }
}
