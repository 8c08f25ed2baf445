import type { ClientBase } from 'pg';
import type { Config } from '../../shared/config.ts';
import { isTransient, messageOf, UserError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { CheckResult } from './results.ts';
import { type Part, runQuality } from './run-quality.ts';

export type QualityConfig = Pick<Config, 'qualityGate' | 'qualityChecksDir' | 'qualitySettings'>;

/** Why gold is not to be loaded. */
export type Verdict = { kind: 'open' } | { kind: 'held'; reason: UserError };

/** The checks as the transformer runs them, around gold. */
export interface Quality {
  /** Checks what gold is built from. */
  beforeGold: (client: ClientBase) => Promise<Verdict>;
  /** Checks all else. What it finds is in ops.quality_results and in the log. */
  afterGold: (client: ClientBase) => Promise<void>;
}

/** @throws nothing but a lost connection: checks that cannot be run stop no load. */
export function createQuality(config: QualityConfig, log: Logger, signal: AbortSignal): Quality {
  async function run(client: ClientBase, part: Part): Promise<CheckResult[]> {
    try {
      return await runQuality({
        client,
        log,
        part,
        signal,
        checksDir: config.qualityChecksDir,
        settings: config.qualitySettings,
        onResult: (result) => tell(log, result),
      });
    } catch (error) {
      if (isTransient(error)) throw error;
      log.error({ err: error }, `the checks could not be run: ${messageOf(error)}`);
      return [];
    }
  }
  return {
    beforeGold: async (client) => {
      const failed = (await run(client, 'before-gold')).filter(
        ({ outcome }) => outcome.status === 'fail',
      );
      if (failed.length === 0) return { kind: 'open' };
      const reason = heldBack(failed);
      if (config.qualityGate) return { kind: 'held', reason };
      log.warn(`QUALITY_GATE is off; gold is loaded all the same. ${reason.message}`);
      return { kind: 'open' };
    },
    afterGold: async (client) => void (await run(client, 'after-gold')),
  };
}

function heldBack(failed: readonly CheckResult[]): UserError {
  const list = failed.map(({ check, outcome }) => `${check.name} (${countOf(outcome.rowCount)})`);
  const first = failed[0]?.check.name ?? '';
  return new UserError(
    `Gold is held back: ${failed.length === 1 ? 'a check' : `${failed.length} checks`} of what it is built from failed: ${list.join(', ')}. Gold keeps what it has; bronze and silver go on. See the rows with "npm run quality -- --only ${first}". When the cause is mended, the next run checks again and goes on by itself (npm run transformer -- --once). To load gold all the same, set QUALITY_GATE=false.`,
  );
}

function tell(log: Logger, { check, outcome }: CheckResult): void {
  const { status, rowCount, message, durationMs } = outcome;
  const details = { check: check.name, status, rows: rowCount, durationMs };
  if (status === 'pass' || status === 'skipped') log.debug(details, `${check.name}: ${status}`);
  else if (status === 'error') log.error(details, `${check.name} could not be run: ${message}`);
  else {
    const text = `${check.name}: ${countOf(rowCount)} against it`;
    if (status === 'fail') log.error(details, text);
    else log.warn(details, text);
  }
}

function countOf(rowCount: number | undefined): string {
  return rowCount === 1 ? '1 row' : `${rowCount} rows`;
}

/** @throws the reason when gold is held back. */
export function requireOpen(verdict: Verdict | undefined): void {
  if (verdict?.kind === 'held') throw verdict.reason;
}
