import pg from 'pg';
import pino from 'pino';
import { transform } from '../../apps/transformer/transform.ts';

export const silentLog = pino({ level: 'silent' });

/** Runs the transformer once on a database, as its process does but for the lock. */
export async function runTransform(
  connectionString: string,
  settings: { silverBatchSize?: number; lateArrivalGraceMinutes?: number } = {},
): Promise<{ silver: number; gold: number }> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { silver, gold } = await transform({
      client,
      config: { silverBatchSize: 5000, lateArrivalGraceMinutes: 60, maxRetries: 2, ...settings },
      logs: { layer: () => silentLog },
      signal: new AbortController().signal,
    });
    return { silver: silver.rowsOut, gold: gold.rowsOut };
  } finally {
    await client.end();
  }
}
