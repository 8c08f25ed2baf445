import { z } from 'zod';
import { decodeUrlPart } from '../../apps/shared/decode-url-part.ts';
import type { MetabaseClient } from './client.ts';

/** How Metabase names the warehouse. */
export const WAREHOUSE_NAME = 'Assay';

const DEFAULT_PORT = 5432;

const databases = z.object({
  data: z.array(z.object({ id: z.int(), name: z.string(), engine: z.string() })),
});
const database = z.object({ id: z.int() });

/** How Metabase connects to a PostgreSQL: field names are Metabase's. */
export interface ConnectionDetails {
  host: string;
  port: number;
  dbname: string;
  user: string;
  password: string;
  ssl: boolean;
  'ssl-mode'?: string;
  /** Analysts see gold; bronze, silver and the months would only be in the way. */
  'schema-filters-type': 'inclusion';
  'schema-filters-patterns': 'gold';
  /** Without it Metabase does not heed what is said below of scanning. */
  'let-user-control-scheduling': true;
}

/**
 * What Metabase has to know to connect as a connection string says.
 *
 * @param address HOST or HOST:PORT as Metabase reaches the server, where that differs.
 */
export function detailsOf(connectionString: string, address?: string): ConnectionDetails {
  const url = new URL(connectionString);
  const seen = address === undefined ? url : new URL(`postgres://${address}`);
  const mode = url.searchParams.get('sslmode');
  const isEncrypted = mode !== null && mode !== 'disable';
  return {
    host: seen.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(seen.port || (address === undefined ? DEFAULT_PORT : url.port || DEFAULT_PORT)),
    dbname: decodeUrlPart(url.pathname.slice(1)),
    user: decodeUrlPart(url.username),
    password: decodeUrlPart(url.password),
    ssl: isEncrypted,
    ...(isEncrypted ? { 'ssl-mode': mode } : {}),
    'schema-filters-type': 'inclusion',
    'schema-filters-patterns': 'gold',
    'let-user-control-scheduling': true,
  };
}

/** The id of the warehouse in Metabase; undefined when it has none. */
export async function findWarehouse(client: MetabaseClient): Promise<number | undefined> {
  const { data } = await client.request('GET', '/database', databases);
  return data.find(({ name, engine }) => name === WAREHOUSE_NAME && engine === 'postgres')?.id;
}

/**
 * Tells Metabase of the warehouse, or how to connect to it from now on. Metabase tries the connection before it takes it,
 * and reads the tables, columns, comments and foreign keys of gold by itself then.
 *
 * @param id of the warehouse in Metabase, when it knows it.
 * @returns the id.
 */
export async function registerWarehouse(
  client: MetabaseClient,
  details: ConnectionDetails,
  id?: number,
): Promise<number> {
  const body = {
    name: WAREHOUSE_NAME,
    engine: 'postgres',
    details,
    // Both off: no scan of all columns for values to offer in filters. It would read every fact, and keep logins in
    // Metabase's own database, where an erasure does not reach.
    is_full_sync: false,
    is_on_demand: false,
  };
  const answer =
    id === undefined
      ? await client.request('POST', '/database', database, body)
      : await client.request('PUT', `/database/${id}`, database, body);
  return answer.id;
}
