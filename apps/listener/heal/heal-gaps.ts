import type { Config } from '../../shared/config.ts';
import { type Client, type Pool, withTransaction } from '../../shared/database.ts';
import type { Logger } from '../../shared/logger.ts';
import { backfillJobs, type HourResult } from '../backfill/backfill-hours.ts';
import { type HealingPlan, planHealing } from './plan-healing.ts';

export interface HealOptions {
  config: Pick<Config, 'githubArchives' | 'maxRetries'>;
  /** Of four connections or more: one is held throughout. */
  pool: Pool;
  log: Logger;
  signal: AbortSignal;
  /** Most files to fetch in one run. */
  maxFiles: number;
  /** Further hours after each gap, for events that appeared late. Default 1. */
  lateHours?: number;
  /** Told of each file as it ends. */
  onResult?: (result: HourResult) => void;
  now?: () => number;
}

export interface HealReport {
  plan: HealingPlan;
  /** Gaps closed. */
  closed: number;
  stillOpen: number;
  /** Events new to bronze. */
  inserted: number;
}

/** Held while gaps are healed, so that the listener and a person do not fetch the same files at once. */
const LOCK = 'assay.heal';

/**
 * Fetches the archive hours that open gaps ask for, closes the gaps that are filled, and leaves the rest open with a
 * note. Any number of times: what is loaded whole is not fetched again.
 *
 * @returns undefined when somebody else is healing just now.
 * @throws the signal's reason when it aborts; what is loaded by then stays, the gaps are closed by the next run.
 */
export async function healGaps(options: HealOptions): Promise<HealReport | undefined> {
  const session = await options.pool.connect();
  try {
    const { rows } = await session.query<{ taken: boolean }>(
      'select pg_try_advisory_lock(hashtext($1)) as taken',
      [LOCK],
    );
    if (rows[0]?.taken !== true) return undefined;
    return await healUnderLock(options);
  } finally {
    await session.query('select pg_advisory_unlock(hashtext($1))', [LOCK]).catch(() => {});
    session.release();
  }
}

async function healUnderLock(options: HealOptions): Promise<HealReport> {
  const { pool, log, signal, config, maxFiles, lateHours = 1, onResult, now = Date.now } = options;
  const archives = config.githubArchives.map(({ name }) => name);
  const startedAt = new Date(now());
  const plan = await planHealing(pool, { archives, lateHours, maxFiles, now: startedAt });
  const jobs = plan.files.flatMap(({ archive, hour }) =>
    config.githubArchives
      .filter(({ name }) => name === archive)
      .map((source) => ({ archive: source, hour })),
  );
  const results = await backfillJobs(jobs, {
    pool,
    config,
    log,
    signal,
    ...(onResult === undefined ? {} : { onResult }),
  });
  const inserted = results.reduce((sum, result) => sum + result.inserted, 0);

  const { closed, stillOpen } = await withTransaction(pool, async (client) => {
    const outcome = await closeGaps(client, archives, plan);
    await client.query(
      `insert into ops.pipeline_runs (
         pipeline, status, started_at, finished_at, duration_ms, rows_in, rows_out, rows_rejected)
       values ('heal', 'success', $1, $2, $3, $4, $5, $6)`,
      [
        startedAt,
        new Date(now()),
        now() - startedAt.getTime(),
        results.length,
        inserted,
        results.reduce((sum, result) => sum + result.deadLettered, 0),
      ],
    );
    return outcome;
  });
  log.info(
    { closed, stillOpen, files: results.length, inserted },
    `healed: ${closed} gaps closed, ${stillOpen} still open; ${results.length} files brought ${inserted} new events`,
  );
  return { plan, closed, stillOpen, inserted };
}

async function closeGaps(
  client: Client,
  archives: readonly string[],
  plan: HealingPlan,
): Promise<{ closed: number; stillOpen: number }> {
  const tried = [...new Set(plan.files.flatMap(({ gapIds }) => gapIds))];
  await client.query(
    'update ops.feed_gaps set tried_at = now(), try_count = try_count + 1 where gap_id = any ($1::bigint[])',
    [tried],
  );
  const { rows } = await client.query<{ closed: number; open: number }>(
    `select ops.close_feed_gaps($1::text[]) as closed,
            (select count(*)::integer from ops.feed_gaps where status = 'open') as open`,
    [archives],
  );
  const { closed = 0, open = 0 } = rows[0] ?? {};
  return { closed, stillOpen: open - closed };
}
