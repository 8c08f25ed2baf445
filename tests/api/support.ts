import type { FastifyInstance } from 'fastify';
import { afterAll } from 'vitest';
import { type ApiOptions, createApi } from '../../apps/api/create-api.ts';
import { openWarehouse } from '../../apps/api/warehouse.ts';
import { createPool, type Pool } from '../../apps/shared/database.ts';
import { silentLog } from '../support/run-transform.ts';

export interface TestApi {
  app: FastifyInstance;
  /** The API's own connections. */
  pool: Pool;
  /** Status and body of the answer to GET. */
  get: <Body = Record<string, never>>(
    url: string,
    headers?: Record<string, string>,
  ) => Promise<Answer<Body>>;
}

export interface Answer<Body> {
  status: number;
  body: Body;
  headers: Record<string, unknown>;
}

/** By these the listener is late after 3 minutes, gold after 26 hours. */
export const LIMITS = { silentSeconds: 180, longSilentSeconds: 7200, staleSeconds: 93_600 };

const opened: (() => Promise<unknown>)[] = [];

/** Builds the API on a database, as its process does but for the port; closed after the suite. */
export async function openApi(
  connectionString: string,
  options: Partial<ApiOptions> & { statementTimeoutMs?: number } = {},
): Promise<TestApi> {
  const { statementTimeoutMs = 5000, ...rest } = options;
  const pool = createPool({
    connectionString,
    applicationName: 'api',
    max: 4,
    connectTimeoutMs: 1000,
    statementTimeoutMs,
    queryTimeoutMs: statementTimeoutMs + 500,
    isReadOnly: true,
  });
  const app = await createApi({
    warehouse: openWarehouse(pool),
    log: silentLog,
    keys: [],
    corsOrigins: [],
    rateLimit: 0,
    limits: LIMITS,
    ...rest,
  });
  opened.push(async () => {
    await app.close();
    await pool.end();
  });
  return {
    app,
    pool,
    get: async <Body>(url: string, headers: Record<string, string> = {}) => {
      const response = await app.inject({ url, headers });
      const isJson = String(response.headers['content-type']).includes('json');
      return {
        status: response.statusCode,
        headers: response.headers,
        body: (isJson && response.body !== '' ? response.json() : response.body) as Body,
      };
    },
  };
}

/** To be called once in a suite that opens any. */
export function closeApisAfterwards(): void {
  afterAll(async () => {
    await Promise.all(opened.splice(0).map((close) => close()));
  });
}
