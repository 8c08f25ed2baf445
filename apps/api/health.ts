import type { z } from 'zod';
import { codeOf, messageOf } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Limits } from './routes/route.ts';
import type { health } from './schemas/operations.ts';
import type { Warehouse } from './warehouse.ts';

export type Health = z.infer<typeof health>;
type Component = Health['components'][keyof Health['components']];
type Name = Exclude<keyof Health['components'], 'database'>;

const UNKNOWN: Component = {
  status: 'failed',
  reason: 'Not known while the database does not answer.',
  last_run_at: null,
  last_success_at: null,
  lag_seconds: null,
};
/** SQLSTATEs of a database, schema or table that is not there. */
const MISSING = new Set(['3D000', '3F000', '42P01']);

/** Looks at each component. Never throws: a database that does not answer is an answer. */
export async function readHealth(
  warehouse: Warehouse,
  limits: Limits,
  now: string,
  log: Logger,
): Promise<Health> {
  try {
    const rows = await warehouse.rows<Component & { component: Name }>('api/health', [
      limits.silentSeconds,
      limits.longSilentSeconds,
      limits.staleSeconds,
    ]);
    const found = Object.fromEntries(rows.map(({ component, ...rest }) => [component, rest]));
    return judge(now, {
      database: { ...UNKNOWN, status: 'ok', reason: null, last_run_at: now, last_success_at: now },
      listener: found.listener ?? UNKNOWN,
      silver: found.silver ?? UNKNOWN,
      gold: found.gold ?? UNKNOWN,
      quality: found.quality ?? UNKNOWN,
    });
  } catch (error) {
    log.warn(`health: ${messageOf(error)}`);
    const reason = MISSING.has(codeOf(error) ?? '')
      ? 'The database holds no warehouse. Run "npm run setup-db".'
      : 'The database does not answer.';
    return judge(now, {
      database: { ...UNKNOWN, reason, last_run_at: now },
      listener: UNKNOWN,
      silver: UNKNOWN,
      gold: UNKNOWN,
      quality: UNKNOWN,
    });
  }
}

function judge(checked_at: string, components: Health['components']): Health {
  const states = new Set(Object.values(components).map(({ status }) => status));
  const status = states.has('failed') ? 'failed' : states.has('degraded') ? 'degraded' : 'ok';
  return { status, checked_at, components };
}
