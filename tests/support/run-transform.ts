import pg from 'pg';
import pino from 'pino';
import { type TransformOptions, transform } from '../../apps/transformer/transform.ts';

export const silentLog = pino({ level: 'silent' });

/** Runs the transformer once on a database, as its process does but for the lock. */
export async function runTransform(
  connectionString: string,
  settings: Partial<TransformOptions['config']> = {},
): Promise<{ silver: number; gold: number }> {
  const client = new pg.Client({ connectionString });
  // A connection that is lost fails the statement under way, and that is enough.
  client.on('error', () => {});
  await client.connect();
  try {
    const { silver, gold } = await transform({
      client,
      config: {
        silverBatchSize: 5000,
        lateArrivalGraceMinutes: 60,
        maxRetries: 2,
        retentionDays: { bronze: undefined, silver: undefined, gold: undefined },
        ...settings,
      },
      connect: async () => {
        const second = new pg.Client({ connectionString });
        second.on('error', () => {});
        await second.connect();
        return second;
      },
      logs: { layer: () => silentLog },
      signal: new AbortController().signal,
    });
    return { silver: silver.rowsOut, gold: gold.rowsOut };
  } finally {
    await client.end();
  }
}
