import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { warehousePath } from '../../apps/shared/project-root.ts';
import { toShown } from '../../apps/shared/report/sql-values.ts';
import { explainSqlError } from '../../apps/shared/sql-failure.ts';

/** What the queries in warehouse/queries give, under their own column names. Times are ISO 8601 in UTC. */
export interface Status {
  warehouse: {
    database_name: string;
    server_port: number | null;
    server_version: string;
    origin: string | null;
    origin_claimed_at: string | null;
    has_citus: boolean;
    read_at: string;
    database_bytes: number;
  };
  /** The session that holds the transformer's lock. */
  transformer: {
    pid: number;
    client_address: string | null;
    connected_at: string | null;
    is_working: boolean | null;
  } | null;
  freshness: { stage: string; newest_at: string | null; age_seconds: number | null }[];
  backlog: { pipeline: string; waiting_count: number; waiting_since: string | null }[];
  row_counts: {
    table_name: string;
    row_count: number;
    is_estimate: boolean;
    /** On disk, indexes included. */
    size_bytes: number;
    /** Months it has a partition for; 0 of a table that is not kept by month. */
    month_count: number;
  }[];
  feeds: FeedStatus[];
  last_runs: RunStatus[];
  failed_runs: FailedRun[];
  quality: QualityStatus;
  /** Those that stand, the worst and oldest first. */
  alerts: StandingAlert[];
  dead_letters: { error_code: string; open_count: number; last_failed_at: string }[];
  /** What part of the public events came in: now, today, this month. */
  capture_rate: CaptureRate[];
  gaps: GapsAndHealing;
}

/** The latest result of each check. */
export interface QualityStatus {
  checked_at: string | null;
  check_count: number;
  passed_count: number;
  skipped_count: number;
  /** Names of those that found something, by severity, and of those that could not be run. */
  failed: string[];
  not_run: string[];
  warned: string[];
}

export interface StandingAlert {
  condition: string;
  subject: string;
  severity: string;
  since: string;
  age_seconds: number;
}

export interface CaptureRate {
  span: string;
  captured_count: number;
  unestimated_count: number;
  /** From 0 to 1, as are the ends of its 95 % interval; NULL where nothing can be said. */
  capture_rate: number | null;
  capture_rate_low: number | null;
  capture_rate_high: number | null;
}

export interface GapsAndHealing {
  open_count: number;
  no_overlap_count: number;
  outage_count: number;
  archive_missing_count: number;
  open_since: string | null;
  last_healed_at: string | null;
  last_healing_file_count: number | null;
  last_healing_event_count: number | null;
}

export interface FeedStatus {
  feed: string;
  last_polled_at: string;
  age_seconds: number;
  outcome: string;
  http_status: number | null;
  error: string | null;
  fetched: number;
  inserted: number;
  duplicates: number;
  dead_lettered: number;
  walks_24h: number;
  overlapped_walks_24h: number;
  overlapped_percent_24h: number | null;
  quota_limit: number | null;
  quota_remaining: number | null;
  quota_reset_at: string | null;
}

export interface RunStatus {
  pipeline: string;
  status: string;
  started_at: string;
  age_seconds: number;
  duration_ms: number | null;
  rows_out: number | null;
  steps: { step: string; rows: number; duration_ms: number }[];
  error: string | null;
}

export interface FailedRun {
  run_id: number;
  pipeline: string;
  started_at: string;
  age_seconds: number;
  error: string | null;
}

const BIGINT = 20;
const NUMERIC = 1700;
const TIMESTAMPTZ = 1184;

/** Counts and ages are far below 2^53; times stay text, which keeps their microseconds. */
const types = {
  getTypeParser: (typeId: number) => {
    if (typeId === BIGINT || typeId === NUMERIC) return Number;
    if (typeId === TIMESTAMPTZ) return (text: string) => toShown(text, typeId);
    return pg.types.getTypeParser(typeId);
  },
} as NonNullable<pg.QueryConfig['types']>;

/**
 * Reads the state of a warehouse, all at one point in time.
 *
 * @throws SqlFailure with file and line when a query fails.
 */
export async function readStatus(client: pg.Client): Promise<Status> {
  const rows = async <T extends object>(name: string): Promise<T[]> => {
    const path = warehousePath('queries', `${name}.sql`);
    try {
      const text = await readFile(path, 'utf8');
      return (await client.query<T>({ text, types })).rows;
    } catch (error) {
      throw explainSqlError(error, path);
    }
  };
  const row = async <T extends object>(name: string): Promise<T> => {
    const [first] = await rows<T>(name);
    if (first === undefined) throw new Error(`warehouse/queries/${name}.sql gave no row.`);
    return first;
  };

  await client.query('begin transaction isolation level repeatable read, read only');
  const server = await row<Omit<Status['warehouse'], 'database_bytes'>>('status/server');
  const status: Status = {
    warehouse: { ...server, ...(await row<{ database_bytes: number }>(sizeQuery(server))) },
    transformer: (await rows<NonNullable<Status['transformer']>>('status/transformer'))[0] ?? null,
    freshness: await rows('health/gold-freshness'),
    backlog: await rows('health/bronze-backlog'),
    row_counts: await rows('status/row-counts'),
    feeds: await rows('status/feeds'),
    last_runs: await rows('status/last-runs'),
    failed_runs: await rows('status/failed-runs'),
    quality: await row<QualityStatus>('status/quality'),
    alerts: await rows('status/alerts'),
    dead_letters: await rows('health/dead-letters'),
    capture_rate: await rows('coverage/capture-rate'),
    gaps: await row<GapsAndHealing>('coverage/gaps-and-healing'),
  };
  await client.query('commit');
  return status;
}

/** A Citus coordinator sees the size of its own empty shells; the function that asks the workers exists only there. */
export function sizeQuery({ has_citus }: { has_citus: boolean }): string {
  return has_citus ? 'status/database-size-citus' : 'status/database-size';
}
