import type { ApiSettings } from '../shared/api-settings.ts';
import { createPool, type Pool } from '../shared/database.ts';
import type { Logger } from '../shared/logger.ts';

/** As many as two cores have use for; whoever waits longer for one than this is told so. */
const CONNECTIONS = 8;
const CONNECT_TIMEOUT_MS = 3_000;
/** The client gives up on a statement after the server should have: a connection may be half open. */
const CLIENT_TIMEOUT_EXTRA_MS = 1_000;

/** The API's connections: they cannot write, and give up on what takes too long. */
export function openApiPool(
  connectionString: string,
  { statementTimeoutMs }: Pick<ApiSettings, 'statementTimeoutMs'>,
  log: Logger,
): Pool {
  return createPool({
    connectionString,
    applicationName: 'api',
    max: CONNECTIONS,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    statementTimeoutMs,
    queryTimeoutMs: statementTimeoutMs + CLIENT_TIMEOUT_EXTRA_MS,
    isReadOnly: true,
    log,
  });
}
