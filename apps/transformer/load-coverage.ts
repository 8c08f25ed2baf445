import type { Queryable } from '../shared/database.ts';
import { failpoint } from '../shared/failpoint.ts';
import type { Logger } from '../shared/logger.ts';
import type { RunResult, Step } from './pipeline-run.ts';

export interface CoverageOptions {
  client: Queryable;
  log: Logger;
  graceMinutes: number;
}

/**
 * Brings gold.feed_coverage up to date and looks for gaps, each all or nothing. To be called after gold: what it says
 * of completeness then is of the facts that readers see.
 *
 * @returns the steps; rowsIn are the hours counted again, rowsOut the rows of gold.feed_coverage that changed.
 */
export async function loadCoverage({
  client,
  log,
  graceMinutes,
}: CoverageOptions): Promise<RunResult> {
  const steps: Step[] = [];
  async function step(name: string, sql: string): Promise<Record<string, string>> {
    const startedAt = performance.now();
    const { rows } = await client.query<Record<string, string>>(sql, [graceMinutes]);
    const row = rows[0] ?? {};
    const duration_ms = Math.round(performance.now() - startedAt);
    const result = { step: name, rows: Number(row.rows ?? 0), duration_ms };
    steps.push(result);
    log.info(result, `${name}: ${result.rows} rows | ${duration_ms} ms`);
    return row;
  }

  failpoint('coverage.before-count');
  const coverage = await step(
    'feed_coverage',
    `select hours_counted as hours, rows_changed as rows
     from gold.load_feed_coverage(make_interval(mins => $1))`,
  );
  failpoint('coverage.after-count');
  await step('feed_gaps', 'select ops.find_feed_gaps(make_interval(mins => $1)) as rows');
  return {
    rowsIn: Number(coverage.hours ?? 0),
    rowsOut: Number(coverage.rows ?? 0),
    rowsRejected: 0,
    steps,
  };
}
