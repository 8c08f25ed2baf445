import schedule from 'node-schedule';
import { messageOf } from '../../shared/errors.ts';
import { type HealOptions, healGaps } from './heal-gaps.ts';

/**
 * Heals on a cron schedule (UTC), one run at a time, beside whatever else the process does: a run that fails is
 * logged and tried again at the next time.
 *
 * @param cron as loadConfig has checked it.
 * @returns what stops it: no further run begins, and the one under way is waited for.
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
  return async () => {
    job.cancel();
    await underWay;
  };
}
