import type { Pool } from './database.ts';
import { codeOf, UserError } from './errors.ts';
import type { Logger } from './logger.ts';
import { outlastOutage } from './outlast-outage.ts';

/** SQLSTATEs of a database, schema or table that is not there. */
const MISSING = new Set(['3D000', '3F000', '42P01']);

/**
 * Waits until the database answers, and makes sure that it holds a warehouse.
 *
 * @throws UserError when it does not: what to do.
 */
export async function requireWarehouse(
  pool: Pool,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  try {
    await outlastOutage({ log, signal }, () => pool.query('select from ops.schema_files limit 1'));
  } catch (cause) {
    if (!MISSING.has(codeOf(cause) ?? '')) throw cause;
    throw new UserError('This database holds no warehouse yet. Run "npm run setup-db" first.', {
      cause,
    });
  }
}
