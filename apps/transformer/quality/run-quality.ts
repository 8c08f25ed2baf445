import type { Queryable } from '../../shared/database.ts';
import { codeOf, isTransient, messageOf } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { type RunResult, recordRun, type Step } from '../pipeline-run.ts';
import type { Check } from './check.ts';
import { type CheckList, listChecks } from './list-checks.ts';
import { numberSetting, resolveSettings, type Settings } from './resolve-settings.ts';
import { type CheckResult, planWindows, storeResults } from './results.ts';
import { type CheckWindow, type Outcome, runCheck } from './run-check.ts';

/** before-gold: what may hold gold back. after-gold: all else. all: everything, by hand. */
export type Part = 'before-gold' | 'after-gold' | 'all';

export interface QualityOptions {
  client: Queryable;
  log: Logger;
  part: Part;
  /** A directory with checks of the user's own. */
  checksDir?: string | undefined;
  /** Settings that differ from their defaults. */
  settings?: Readonly<Record<string, string>>;
  /** Look at everything, not only at what came in since the last run. */
  isFull?: boolean;
  /** Only the checks of these names. */
  only?: readonly string[];
  /** The present, for checks that go by it. Default: the database's clock. */
  checkedAt?: string;
  onResult?: (result: CheckResult) => void;
  /** Stops between two checks; what they found is kept. */
  signal?: AbortSignal;
}

/**
 * Learns the fields of payloads, profiles the columns, runs checks and keeps what they found. A check that fails or cannot
 * be run stops no other.
 *
 * @returns the results, in the order of the checks.
 * @throws UserError for settings with faults; when the connection is lost.
 */
export async function runQuality(options: QualityOptions): Promise<CheckResult[]> {
  const list = listChecks(options.checksDir);
  const settings = resolveSettings(list.checks, options.settings ?? {});
  const results: CheckResult[] = [];
  const { client } = options;
  // What was read before somebody was erased must not be stored after it: ops.erase_elsewhere waits for this lock.
  await client.query(`select pg_advisory_lock_shared(hashtext('assay.quality'))`);
  try {
    await record(options, list, settings, results);
  } finally {
    await client
      .query(`select pg_advisory_unlock_shared(hashtext('assay.quality'))`)
      .catch(() => {});
  }
  return results;
}

/** The run as it is entered in ops.pipeline_runs. */
async function record(
  options: QualityOptions,
  list: CheckList,
  settings: Settings,
  results: CheckResult[],
): Promise<void> {
  await recordRun(options.client, 'quality', async (_countRetry, runId) => {
    const steps = await prepare(options, settings);
    const startedAt = performance.now();
    results.push(...(await runChecks(options, list, settings, runId)));
    const found = results.filter(({ outcome }) => ['fail', 'warn'].includes(outcome.status));
    steps.push({ step: 'checks', rows: found.length, duration_ms: since(startedAt) });
    return {
      rowsIn: results.length,
      rowsOut: found.length,
      rowsRejected: results.filter(({ outcome }) => outcome.status === 'error').length,
      steps,
    } satisfies RunResult;
  });
}

/** Whether a check may hold gold back: it tells of what gold is built from. */
function isBeforeGold(check: Check): boolean {
  return check.severity === 'fail' && check.layer !== 'gold';
}

async function runChecks(
  options: QualityOptions,
  list: CheckList,
  settings: Settings,
  runId: string,
): Promise<CheckResult[]> {
  const { client, part, only } = options;
  const { began_at, checked_at } = await readClock(options, runId);
  const checks = list.checks.filter(
    (check) =>
      (part === 'all' || isBeforeGold(check) === (part === 'before-gold')) &&
      (only === undefined || only.includes(check.name)),
  );
  const windows = await planWindows(client, checks, {
    checkedAt: checked_at,
    isFull: options.isFull ?? false,
  });
  const results: CheckResult[] = [];
  const add = (result: CheckResult) => {
    results.push(result);
    options.onResult?.(result);
  };
  const nowhere = { since: checked_at, until: checked_at };
  for (const check of checks) {
    if (options.signal?.aborted) break;
    const window: CheckWindow = windows.get(check.name) ?? nowhere;
    const outcome = await runCheck(check, {
      client,
      window,
      settings: { ...Object.fromEntries(settings), checked_at, run_began_at: began_at },
      timeoutMs: Math.max(1, numberSetting(settings, 'timeout_seconds') * 1000),
    });
    add({ check, outcome, window });
  }
  const faults = part === 'before-gold' || only !== undefined ? [] : list.faults;
  for (const fault of faults)
    add({ check: fault, outcome: faulty(fault.message), window: nowhere });
  await storeResults(client, runId, checked_at, results);
  return results;
}

function faulty(message: string): Outcome {
  return {
    status: 'error',
    rowCount: undefined,
    isRowCountExact: true,
    sample: '[]',
    sampleColumns: [],
    message,
    durationMs: 0,
  };
}

/** When the run began, which is before anything it finds is entered. */
async function readClock({ client, checkedAt }: QualityOptions, runId: string) {
  const { rows } = await client.query<{ began_at: string; checked_at: string }>(
    `select started_at::text as began_at, coalesce($2::timestamptz, now())::text as checked_at
     from ops.pipeline_runs where run_id = $1`,
    [runId, checkedAt ?? null],
  );
  const clock = rows[0];
  if (clock === undefined) throw new Error('The run of the checks is not in ops.pipeline_runs.');
  return clock;
}

/** What the checks on fields and columns go by. A failure here is told, and the checks run all the same. */
async function prepare(options: QualityOptions, settings: Settings): Promise<Step[]> {
  if (options.part === 'before-gold' || options.only !== undefined) return [];
  const { client, log, checkedAt = null } = options;
  const steps: Step[] = [];
  async function step(name: string, sql: string, values: unknown[]): Promise<void> {
    const startedAt = performance.now();
    try {
      const { rows } = await client.query<{ rows: string }>(sql, values);
      steps.push({ step: name, rows: Number(rows[0]?.rows ?? 0), duration_ms: since(startedAt) });
    } catch (error) {
      if (isTransient(error)) throw error;
      log.error({ err: error, code: codeOf(error) }, `${name} failed: ${messageOf(error)}`);
    }
  }
  await step('payload_fields', 'select changes_found as rows from ops.learn_payload_fields($1)', [
    numberSetting(settings, 'drift_events'),
  ]);
  await step(
    'column_profiles',
    `select ops.profile_columns($1, as_of) as rows
     from (select coalesce($2::timestamptz, now()) as as_of) as present
     where $4 or not exists (
       select 1 from ops.column_profiles where profiled_at > as_of - make_interval(mins => ($3::numeric * 60)::integer)
     )`,
    [
      numberSetting(settings, 'profile_rows'),
      checkedAt,
      numberSetting(settings, 'profile_hours'),
      options.part === 'all',
    ],
  );
  await step(
    'history',
    'select 0 as rows from ops.prune_quality(coalesce($1::timestamptz, now()), make_interval(days => $2))',
    [checkedAt, Math.round(numberSetting(settings, 'history_days'))],
  );
  return steps;
}

function since(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}
