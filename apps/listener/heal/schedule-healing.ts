import schedule from 'node-schedule';
import { messageOf, UserError } from '../../shared/errors.ts';
import { type HealOptions, healGaps } from './heal-gaps.ts';

/**
 * Heals on a cron schedule (UTC), one run at a time, beside whatever else the process does: a run that fails is
 * logged and tried again at the next time.
 *
 * @returns what stops it: no further run begins, and the one under way is waited for.
 * @throws UserError when the schedule is no cron expression.
 */
export function scheduleHealing(cron: string, options: HealOptions): () => Promise<void> {
  let underWay: Promise<void> | undefined;

  async function heal(): Promise<void> {
    try {
      await healGaps(options);
    } catch (error) {
      if (options.signal.aborted) return;
      options.log.error({ err: error }, `healing failed: ${messageOf(error)}`);
    }
  }

  const job = schedule.scheduleJob({ rule: cron, tz: 'Etc/UTC' }, () => {
    underWay ??= heal().finally(() => {
      underWay = undefined;
    });
  });
  if (job === null) throw new UserError(`HEAL_SCHEDULE "${cron}" is no cron expression.`);
  return async () => {
    job.cancel();
    await underWay;
  };
}
