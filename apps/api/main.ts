import { codeOf, UserError } from '../shared/errors.ts';
import { untilAborted } from '../shared/retry.ts';
import { runCommand } from '../shared/run-command.ts';
import type { ApiListens } from '../shared/warehouse-processes.ts';
import { createApi } from './create-api.ts';
import { limitsOf } from './limits.ts';
import { openApiPool } from './open-pool.ts';
import { openWarehouse } from './warehouse.ts';

const help = `
Usage: npm run api

Serves the warehouse over HTTP, read only, until stopped: the dashboard at /, data, health, metrics, and their description
at /docs. API_HOST and API_PORT say where, API_KEYS who is let in.
`;

await runCommand(
  { name: 'api', help, options: {}, role: 'reader', layer: 'pipeline' },
  async ({ config, log, shutdown, connect }) => {
    const { host, port, ...settings } = config.api;
    const pool = openApiPool(await connect(), settings, log);
    shutdown.onRelease('database pool', () => pool.end());
    const api = await createApi({
      ...settings,
      warehouse: openWarehouse(pool),
      limits: limitsOf(config),
      log,
    });
    shutdown.onRelease('API', () => api.close());
    const listenTextResolver = (at: string) =>
      `the API answers at ${at}, its description is at ${at}/docs`;
    const address = await api.listen({ host, port, listenTextResolver }).catch((error: unknown) => {
      throw codeOf(error) === 'EADDRINUSE'
        ? new UserError(
            `Port ${port} of ${host} is taken. Set API_PORT to another, or to 0 for any that is free.`,
            { cause: error },
          )
        : error;
    });
    // Whoever started us as one of several prints it where it is seen.
    const listens: ApiListens = { kind: 'api-listens', address };
    process.send?.(listens);
    if (settings.keys.length === 0 && !['127.0.0.1', '::1', 'localhost'].includes(host))
      log.warn('API_KEYS is not set: whoever reaches this address reads the warehouse');
    await untilAborted(shutdown.signal);
    return 0;
  },
);
