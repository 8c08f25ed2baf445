import type { ClientBase } from 'pg';
import type { Config } from '../shared/config.ts';
import { isTransient, messageOf } from '../shared/errors.ts';
import type { Logger, Logs } from '../shared/logger.ts';
import { retry } from '../shared/retry.ts';
import { explainSqlError } from '../shared/sql-failure.ts';
import type { Expired } from './drop-expired.ts';
import { loadCoverage } from './load-coverage.ts';
import { loadGold } from './load-gold.ts';
import { loadSilver } from './load-silver.ts';
import { maintain } from './maintain.ts';
import { type RunResult, recordRun } from './pipeline-run.ts';
import { type Quality, requireOpen } from './quality/gate.ts';

export interface TransformOptions {
  /** The session that holds the transformer's lock: when it is lost, so is the right to write. */
  client: ClientBase;
  config: Pick<
    Config,
    'silverBatchSize' | 'lateArrivalGraceMinutes' | 'maxRetries' | 'retentionDays'
  >;
  logs: Pick<Logs, 'layer'>;
  signal: AbortSignal;
  /** Opens another connection, with which a large load of silver uses two cores. */
  connect?: () => Promise<ClientBase & { end: () => Promise<void> }>;
  /** The checks around gold; without it none run. */
  quality?: Quality;
}

/**
 * Brings everything new from bronze to silver and on to gold, then measures how complete it is.
 *
 * @throws the first failure that retrying does not heal; what was committed before it stays.
 */
export async function transform(
  options: TransformOptions,
): Promise<{ silver: RunResult; gold: RunResult }> {
  const { client, config, logs, signal, quality } = options;
  const graceMinutes = config.lateArrivalGraceMinutes;

  await keepStorage(options);
  signal.throwIfAborted();
  const silver = await recordRun(client, 'silver', async (countRetry) => {
    const log = logs.layer('silver');
    return await loadSilver({
      client,
      log,
      batchSize: config.silverBatchSize,
      graceMinutes,
      signal,
      retry: (round) => retryPassing(round, options, log, countRetry),
      ...(options.connect === undefined ? {} : { connect: options.connect }),
    });
  });
  signal.throwIfAborted();
  const verdict = await quality?.beforeGold(client);
  signal.throwIfAborted();
  const gold = await recordRun(client, 'gold', async (countRetry) => {
    requireOpen(verdict);
    const log = logs.layer('gold');
    return await retryPassing(
      () => loadGold({ client, log, graceMinutes }),
      options,
      log,
      countRetry,
    );
  });
  signal.throwIfAborted();
  // Measured after gold, in a run of its own: when it fails, the facts are there all the same.
  await recordRun(client, 'coverage', async (countRetry) => {
    const log = logs.layer('pipeline');
    return await retryPassing(
      () => loadCoverage({ client, log, graceMinutes }),
      options,
      log,
      countRetry,
    );
  });
  await quality?.afterGold(client);
  return { silver, gold };
}

/** In a run of its own, whose failure keeps no event from gold. */
async function keepStorage(options: TransformOptions): Promise<void> {
  const { client, config, logs } = options;
  const log = logs.layer('pipeline');
  try {
    await recordRun(client, 'maintain', async (countRetry) => {
      const { added, counted, expired } = await retryPassing(
        () => maintain(client, config.retentionDays),
        options,
        log,
        countRetry,
      );
      for (const { table, month, rows } of added)
        log.info({ table, month, rows }, `${table} has a partition for ${month.slice(0, 7)}`);
      for (const { month, rows } of counted)
        log.info({ month, rows }, `the marts have counted ${month.slice(0, 7)}`);
      for (const month of expired) logExpired(log, month);
      const dropped = expired.flatMap((month) => month.dropped ?? []);
      return {
        rowsIn: added.reduce((sum, { rows }) => sum + rows, 0),
        rowsOut: dropped.reduce((sum, { rows }) => sum + rows, 0),
        rowsRejected: 0,
        steps: [],
      };
    });
  } catch (error) {
    log.error({ err: error }, `the storage could not be kept in order: ${messageOf(error)}`);
  }
}

function logExpired(log: Logger, { table, month, dropped, whyNot }: Expired): void {
  const name = `${table} of ${month.slice(0, 7)}`;
  if (dropped !== undefined)
    log.info(
      { table, month, ...dropped },
      `dropped ${name}: ${dropped.rows} rows past their retention`,
    );
  else log.warn({ table, month, whyNot }, `${name} is past its retention and stays: ${whyNot}`);
}

/** A fault that passes is tried again here only while the session lives. */
async function retryPassing<T>(
  work: () => Promise<T>,
  { client, config, signal }: TransformOptions,
  log: Logger,
  countRetry: () => void,
): Promise<T> {
  const cause = (error: unknown) =>
    error instanceof Error && error.cause !== undefined ? error.cause : error;
  try {
    return await retry(work, {
      retries: config.maxRetries,
      isWorthRetrying: (error) => isTransient(cause(error)) && isAlive(client),
      signal,
      onRetry: (error, attempt, pauseMs) => {
        countRetry();
        log.warn(
          { attempt },
          `trying again in ${(pauseMs / 1000).toFixed(1)} s: ${messageOf(error)}`,
        );
      },
    });
  } catch (error) {
    throw explainSqlError(error);
  }
}

/** pg marks a client whose connection has ended; the field is not in its types. */
function isAlive(client: ClientBase): boolean {
  return (client as ClientBase & { _queryable?: boolean })._queryable !== false;
}
