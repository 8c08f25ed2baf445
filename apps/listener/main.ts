import { createPool } from '../shared/database.ts';
import { requireWarehouse } from '../shared/require-warehouse.ts';
import { runCommand } from '../shared/run-command.ts';
import { listen } from './listen.ts';

const help = `
Usage: npm run listener [-- --once]

Polls the configured feeds of the GitHub events API and stores raw events in bronze.raw_events, until stopped.

  --once    walk each feed once, then end; exit code 1 when a walk failed
`;

/** A statement that takes longer has lost its connection: a batch of 100 events takes milliseconds. */
const QUERY_TIMEOUT_MS = 60_000;

await runCommand(
  { name: 'listener', help, options: { once: { type: 'boolean' } }, layer: 'bronze' },
  async ({ config, values, log, shutdown, connect }) => {
    const pool = createPool({
      connectionString: await connect(),
      applicationName: 'listener',
      max: 2,
      queryTimeoutMs: QUERY_TIMEOUT_MS,
      log,
    });
    shutdown.onRelease('database pool', () => pool.end());
    await requireWarehouse(pool, log, shutdown.signal);

    log.info(`listening to ${config.feeds.join(', ')} at ${config.githubApiUrl}`);
    const failures = await listen({
      config,
      pool,
      log,
      signal: shutdown.signal,
      once: values.once ?? false,
    });
    return failures === 0 ? 0 : 1;
  },
);
