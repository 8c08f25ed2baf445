import { createApi } from '../apps/api/create-api.ts';
import { limitsOf } from '../apps/api/limits.ts';
import { openApiPool } from '../apps/api/open-pool.ts';
import { openWarehouse } from '../apps/api/warehouse.ts';
import { readNumber } from '../apps/shared/read-number.ts';
import { runCommand } from '../apps/shared/run-command.ts';
import { fuzzApi } from './fuzz-api/fuzz.ts';

const help = `
Usage: npm run fuzz-api [-- --minutes N] [--seed N]

Asks an API on the configured database, read only and without a port, everything that its OpenAPI document says can be
asked, and much that it cannot. Exit code 1 when an answer was 5xx, or not as the document says; then with the request.

  --minutes N   for how long; default 1
  --seed N      draws the same requests again
`;

const SILENCE_MS = 10_000;

await runCommand(
  {
    name: 'fuzz-api',
    help,
    options: { minutes: { type: 'string' }, seed: { type: 'string' } },
    role: 'reader',
  },
  async ({ config, values, log, shutdown, connect }) => {
    const minutes = readNumber('--minutes', values.minutes ?? '1', { min: 0.01, max: 1440 });
    const seed = values.seed === undefined ? undefined : Number(values.seed);
    const pool = openApiPool(await connect(), config.api, log);
    shutdown.onRelease('database pool', () => pool.end());
    const app = await createApi({
      keys: [],
      corsOrigins: [],
      rateLimit: 0,
      warehouse: openWarehouse(pool),
      limits: limitsOf(config),
      log,
    });
    shutdown.onRelease('API', () => app.close());

    let requests = 0;
    const progress = setInterval(
      () => process.stderr.write(`${requests} requests\n`),
      SILENCE_MS,
    ).unref();
    const { statuses, fault } = await fuzzApi(app, {
      runs: Number.MAX_SAFE_INTEGER,
      timeLimitMs: minutes * 60_000,
      seed,
      signal: shutdown.signal,
      onRequest: () => {
        requests += 1;
      },
    });
    clearInterval(progress);
    const counts = Object.entries(statuses).map(([status, count]) => `${status} × ${count}`);
    console.log(`${requests} requests: ${counts.join(', ')}`);
    if (fault === null) return 0;
    console.log(`wrong: GET ${fault.url}\n  ${fault.what}\n  again with --seed ${fault.seed}`);
    return 1;
  },
);
