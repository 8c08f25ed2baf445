import type { Queryable } from '../shared/database.ts';
import { messageOf } from '../shared/errors.ts';

/** One step of a run, as it stands in ops.pipeline_runs.steps. */
export interface Step {
  step: string;
  rows: number;
  duration_ms: number;
}

export interface RunResult {
  rowsIn: number;
  rowsOut: number;
  rowsRejected: number;
  steps: Step[];
}

/**
 * Runs `work` as one run of a pipeline, entered in ops.pipeline_runs when it starts and when it ends.
 *
 * @throws what `work` throws, after entering it.
 */
export async function recordRun(
  client: Queryable,
  pipeline: 'maintain' | 'silver' | 'gold' | 'coverage' | 'quality',
  work: (countRetry: () => void, runId: string) => Promise<RunResult>,
): Promise<RunResult> {
  const { rows } = await client.query<{ run_id: string }>(
    'insert into ops.pipeline_runs (pipeline) values ($1) returning run_id',
    [pipeline],
  );
  const runId = rows[0]?.run_id ?? '';
  let retries = 0;
  try {
    const result = await work(() => {
      retries++;
    }, runId);
    await client.query(
      `update ops.pipeline_runs
       set status = 'success', finished_at = now(), duration_ms = ${SINCE_START}, retries = $2,
           rows_in = $3, rows_out = $4, rows_rejected = $5, steps = $6
       where run_id = $1`,
      [
        runId,
        retries,
        result.rowsIn,
        result.rowsOut,
        result.rowsRejected,
        JSON.stringify(result.steps),
      ],
    );
    return result;
  } catch (error) {
    // When the connection is gone too, the next run marks this one as failed.
    await client
      .query(
        `update ops.pipeline_runs
         set status = 'failed', finished_at = now(), duration_ms = ${SINCE_START}, retries = $2, error = $3
         where run_id = $1`,
        [runId, retries, messageOf(error)],
      )
      .catch(() => {});
    throw error;
  }
}

const SINCE_START = 'round(extract(epoch from now() - started_at) * 1000)';

/** Marks runs as failed that still stand as running: their process died. To be called under the transformer's lock. */
export async function failAbandonedRuns(client: Queryable): Promise<void> {
  await client.query(
    `update ops.pipeline_runs
     set status = 'failed', finished_at = now(), error = 'the process ended before the run did'
     where status = 'running'`,
  );
}
