import { watchWarehouse } from '../shared/alerts/watch-warehouse.ts';
import { createPool } from '../shared/database.ts';
import { createRedactor } from '../shared/redact.ts';
import { requireWarehouse } from '../shared/require-warehouse.ts';
import { abortLater } from '../shared/retry.ts';
import { runCommand } from '../shared/run-command.ts';
import { createAccesses } from './github-access.ts';
import { scheduleHealing } from './heal/schedule-healing.ts';
import { listen } from './listen.ts';
import { walkFeed } from './walk-feed.ts';

const help = `
Usage: npm run listener [-- --once]

Polls the configured feeds of the GitHub events API and stores raw events in bronze.raw_events, until stopped.

  --once    walk each feed once, then end; exit code 1 when a walk failed
`;

/** A statement that takes longer has lost its connection: a batch of 100 events takes milliseconds. */
const QUERY_TIMEOUT_MS = 60_000;
/** How long a request in hand may go on after we were asked to stop. */
const FINISH_MS = 3_000;
/** Two days of two archives in one healing. */
const HEALED_FILES = 96;

await runCommand(
  {
    name: 'listener',
    help,
    options: { once: { type: 'boolean' } },
    role: 'listener',
    layer: 'bronze',
  },
  async ({ config, values, log, shutdown, connect }) => {
    const connectionString = await connect();
    const pool = createPool({
      connectionString,
      applicationName: 'listener',
      max: 2,
      queryTimeoutMs: QUERY_TIMEOUT_MS,
      log,
    });
    shutdown.onRelease('database pool', () => pool.end());
    await requireWarehouse(pool, log, shutdown.signal);

    log.info(`listening to ${config.feeds.join(', ')} at ${config.githubApiUrl}`);
    if (config.healSchedule !== undefined) {
      // Archives take minutes: connections of their own, without the time limit of the polls.
      const healing = createPool({ connectionString, applicationName: 'heal', max: 4, log });
      shutdown.onRelease('healing pool', () => healing.end());
      const stop = scheduleHealing(config.healSchedule, {
        config,
        pool: healing,
        log,
        signal: shutdown.signal,
        maxFiles: HEALED_FILES,
      });
      shutdown.onRelease('healing', stop);
    }
    if (!(values.once ?? false)) {
      // The transformer checks after its runs; that it has none is noticed only from here.
      const alerts = watchWarehouse({
        config,
        connectionString,
        log,
        signal: shutdown.signal,
        everyMs: config.alerts.checkMinutes * 60_000,
      });
      shutdown.onRelease('alerts', alerts.stop);
    }
    const walkOptions = {
      pool,
      log,
      signal: shutdown.signal,
      inHand: abortLater(shutdown.signal, FINISH_MS),
      now: Date.now,
      maxRetries: config.maxRetries,
    };
    const failures = await listen({
      feeds: config.feeds,
      pollIntervalSeconds: config.pollIntervalSeconds,
      accesses: createAccesses(
        config.githubApiUrl,
        config.githubTokens,
        Date.now,
        createRedactor(config.secrets),
      ),
      walk: (feed, access, memory) => walkFeed(feed, access, memory, walkOptions),
      log,
      signal: shutdown.signal,
      once: values.once ?? false,
    });
    // A listener that was asked to stop has done its work, whatever GitHub answered meanwhile.
    return values.once && failures > 0 ? 1 : 0;
  },
);
