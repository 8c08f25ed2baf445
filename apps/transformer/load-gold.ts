import { readFile } from 'node:fs/promises';
import type { ClientBase } from 'pg';
import { failpoint } from '../shared/failpoint.ts';
import type { Logger } from '../shared/logger.ts';
import { warehousePath } from '../shared/project-root.ts';
import { explainSqlError } from '../shared/sql-failure.ts';
import type { RunResult, Step } from './pipeline-run.ts';

const SCRIPT = warehousePath('gold', 'etl', 'master_gold_etl.sql');

export interface GoldOptions {
  client: ClientBase;
  log: Logger;
  graceMinutes: number;
}

/**
 * Runs the gold script: one transaction, all or nothing.
 *
 * @returns the steps it reported; rowsOut are the new facts.
 * @throws SqlFailure with file, line and statement; nothing has changed then.
 */
export async function loadGold({ client, log, graceMinutes }: GoldOptions): Promise<RunResult> {
  const steps: Step[] = [];
  const onNotice = (notice: { message: string | undefined; detail: string | undefined }) => {
    const step = readStep(notice.detail);
    if (step === undefined) return log.debug(notice.message ?? '');
    steps.push(step);
    log.info(step, notice.message ?? '');
    failpoint('gold.on-step');
  };
  client.on('notice', onNotice);
  failpoint('gold.before-load');
  try {
    await client.query(`select set_config('assay.late_arrival_grace_minutes', $1, false)`, [
      String(graceMinutes),
    ]);
    await client.query(await readFile(SCRIPT, 'utf8'));
    failpoint('gold.after-commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw explainSqlError(error, SCRIPT);
  } finally {
    client.off('notice', onNotice);
  }
  const facts = steps.find((step) => step.step === 'fact_events')?.rows ?? 0;
  return { rowsIn: facts, rowsOut: facts, rowsRejected: 0, steps };
}

/** A step of the script tells its figures as JSON in the notice's detail; other notices have none. */
function readStep(detail: string | undefined): Step | undefined {
  if (detail === undefined || !detail.startsWith('{')) return undefined;
  const step = JSON.parse(detail) as Partial<Step>;
  return step.step === undefined ? undefined : (step as Step);
}
