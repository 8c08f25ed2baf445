import type { Config } from '../shared/config.ts';
import type { Limits } from './routes/route.ts';

/** Three polls without an answer, and never less than three minutes. */
const SHORTEST_SILENCE_SECONDS = 180;
const INTERVALS = 3;
/** A feed with little news is asked less and less often. */
const QUIET_INTERVALS = 18;

/** From what the alerts and the listener are set to, so that all of them mean the same by late. */
export function limitsOf(config: Pick<Config, 'feeds' | 'pollIntervalSeconds' | 'alerts'>): Limits {
  const hours = (name: string) => Number(config.alerts.limits[name]) * 3600;
  const intervals = config.feeds.includes('public') ? INTERVALS : QUIET_INTERVALS;
  return {
    silentSeconds: Math.max(SHORTEST_SILENCE_SECONDS, intervals * config.pollIntervalSeconds),
    longSilentSeconds: hours('alert_silent_hours'),
    staleSeconds: hours('alert_stale_hours'),
  };
}
