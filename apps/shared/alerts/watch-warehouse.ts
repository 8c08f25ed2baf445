import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { createRedactor } from '../redact.ts';
import { type AlertWatch, createAlertWatch } from './alert-watch.ts';
import { openChannels } from './channels.ts';
import { checkAlerts } from './check-alerts.ts';

export interface WatchOptions {
  config: Pick<Config, 'alerts' | 'secrets'>;
  connectionString: string;
  log: Logger;
  /** Cuts sending short. */
  signal: AbortSignal;
  /** Asks for a check each time this has passed; undefined for requests only. */
  everyMs?: number;
}

/** Checks the alerts of a warehouse beside the work of a process. */
export function watchWarehouse(options: WatchOptions): AlertWatch {
  const { config, connectionString, log, signal, everyMs } = options;
  const channels = openChannels(config.alerts, log);
  const redact = createRedactor(config.secrets);
  async function check(): Promise<void> {
    if (signal.aborted) return;
    await checkAlerts({
      connectionString,
      settings: config.alerts,
      channels,
      log,
      redact,
      signal,
    });
  }
  return createAlertWatch(check, log, everyMs);
}
