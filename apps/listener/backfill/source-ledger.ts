import type { Pool, Queryable } from '../../shared/database.ts';
import type { Settled } from './read-batches.ts';

export type FileStatus = 'loading' | 'complete' | 'partial' | 'missing' | 'empty' | 'failed';

/** What is to be loaded, as ops.source_files knows it. */
export interface SourceName {
  /** What tells it from others. */
  key: string;
  source: string;
  location: string;
  /** Start of the UTC hour of an archive file, as 2026-01-31T07:00Z; null for others. */
  hour: string | null;
}

/** A file's row, held by this run until a later one begins the same file. */
export interface Claim extends SourceName {
  id: string;
  attempt: number;
  status: FileStatus;
  /** What it was taken for, such as `NDJSON in gzip`; empty when it never held events. */
  takenFor: string;
  sizeBytes: number | null;
  sha256: Buffer | null;
  etag: string | null;
  itemsRead: number;
  settled: Settled;
}

interface Row {
  source_file_id: string;
  attempts: number;
  status: FileStatus;
  taken_for: string;
  size_bytes: string | null;
  sha256: Buffer | null;
  etag: string | null;
  items_read: string;
  settled: string;
  bytes_read: string;
  fingerprint: Buffer | null;
}

/** As describeFormat says it. */
const TAKEN_FOR = `concat(format, case compression when 'gzip' then ' in gzip' end, ', ' || nullif(encoding, 'UTF-8'))`;
const COLUMNS = `source_file_id, attempts, status, ${TAKEN_FOR} as taken_for, size_bytes, sha256, etag, items_read, settled::text as settled, bytes_read, fingerprint`;

/** Begins an attempt: from now on an earlier run that still goes on stores nothing more of this file. */
export async function claimFile(pool: Pool, name: SourceName): Promise<Claim> {
  const { rows } = await pool.query<Row>(
    `insert into ops.source_files as stored (file_key, source, location, hour) values ($1, $2, $3, $4)
     on conflict (file_key) do update
     set attempts = stored.attempts + 1, location = excluded.location, started_at = now(), updated_at = now()
     returning ${COLUMNS}`,
    [name.key, name.source, name.location, name.hour],
  );
  return toClaim(name, rows[0]);
}

/** Notes that the file is being read and what it was taken for. */
export async function beginReading(
  client: Queryable,
  claim: Claim,
  taken: { format: string; compression: string; encoding: string },
): Promise<void> {
  await client.query(
    `update ops.source_files
     set status = 'loading', format = $3, compression = $4, encoding = $5, error = null, next_retry_at = null,
       finished_at = null, was_read_whole = false, updated_at = now()
     where source_file_id = $1 and attempts = $2`,
    [claim.id, claim.attempt, taken.format, taken.compression, taken.encoding],
  );
}

/** Forgets how far the file was read, because it is another one now. The counts of rows stay: they tell what was done. */
export async function forgetContent(pool: Pool, claim: Claim): Promise<Claim> {
  const { rows } = await pool.query<Row>(
    `update ops.source_files
     set settled = '{}', bytes_read = 0, fingerprint = null, items_read = 0, items_refused = 0, sha256 = null, etag = null,
       updated_at = now()
     where source_file_id = $1 and attempts = $2
     returning ${COLUMNS}`,
    [claim.id, claim.attempt],
  );
  return toClaim(claim, rows[0]);
}

export interface Ending {
  status: FileStatus;
  sizeBytes?: number | null;
  sha256?: Buffer | null;
  etag?: string | null;
  wasReadWhole?: boolean;
  error?: string | null;
  retryAt?: Date | null;
}

/** Notes how an attempt to read the file's content ended. */
export async function endReading(pool: Pool, claim: Claim, ending: Ending): Promise<void> {
  await pool.query(
    `update ops.source_files
     set status = $3, size_bytes = $4, sha256 = $5, etag = $6, was_read_whole = $7, error = $8, next_retry_at = $9,
       finished_at = case when $3 = 'failed' then null else now() end, updated_at = now()
     where source_file_id = $1 and attempts = $2`,
    [
      claim.id,
      claim.attempt,
      ending.status,
      ending.sizeBytes ?? null,
      ending.sha256 ?? null,
      ending.etag ?? null,
      ending.wasReadWhole ?? false,
      ending.error ?? null,
      ending.retryAt ?? null,
    ],
  );
}

/** Notes why an attempt ended early. What it stored stays settled. */
export async function noteFailure(pool: Pool, claim: Claim, error: string): Promise<void> {
  await pool.query(
    `update ops.source_files set status = 'failed', error = $3, updated_at = now()
     where source_file_id = $1 and attempts = $2`,
    [claim.id, claim.attempt, error],
  );
}

/** What is known of a file before it is opened; undefined when it is new. */
export async function findFile(
  pool: Pool,
  key: string,
): Promise<Pick<Claim, 'status' | 'takenFor' | 'etag' | 'itemsRead'> | undefined> {
  const { rows } = await pool.query<Row>(
    `select ${COLUMNS} from ops.source_files where file_key = $1`,
    [key],
  );
  const [row] = rows;
  return row && { ...row, takenFor: row.taken_for, itemsRead: Number(row.items_read) };
}

/** How many items of the present content are in the dead letters. */
export async function countRefused(pool: Pool, claim: Claim): Promise<number> {
  const { rows } = await pool.query<{ items_refused: string }>(
    'select items_refused from ops.source_files where source_file_id = $1',
    [claim.id],
  );
  return Number(rows[0]?.items_refused ?? 0);
}

function toClaim(name: SourceName, row: Row | undefined): Claim {
  if (row === undefined)
    throw new Error(`Another run has begun to load ${name.location}; this one leaves it.`);
  return {
    ...name,
    id: row.source_file_id,
    attempt: row.attempts,
    status: row.status,
    takenFor: row.taken_for,
    sizeBytes: row.size_bytes === null ? null : Number(row.size_bytes),
    sha256: row.sha256,
    etag: row.etag,
    itemsRead: Number(row.items_read),
    settled: {
      ranges: [...row.settled.matchAll(/\[(\d+),(\d+)\)/g)].map(([, from, to]) => ({
        from: Number(from),
        to: Number(to),
      })),
      bytesRead: Number(row.bytes_read),
      fingerprint: row.fingerprint,
    },
  };
}
