import type { Queryable } from '../../apps/shared/database.ts';
import type { MetabaseClient } from './client.ts';
import { createDashboard, type DashboardDefinition } from './create-dashboard.ts';
import { hasReader, makeReader, readerNameOf } from './make-reader.ts';
import {
  detailsOf,
  findWarehouse,
  registerWarehouse,
  WAREHOUSE_NAME,
} from './register-warehouse.ts';
import { signIn, waitForMetabase } from './sign-in.ts';

export interface SetUpOptions {
  client: MetabaseClient;
  account: { email: string; password: string };
  /**
   * What Metabase is to read the warehouse with: a user that is given, or one that is made with the rights of the owner.
   */
  access:
    | { kind: 'reader'; connectionString: string }
    | { kind: 'owner'; connectionString: string; database: Queryable };
  /** HOST or HOST:PORT of the warehouse as Metabase reaches it, where that differs. */
  warehouseAddress: string | undefined;
  dashboard: DashboardDefinition;
  /** Whether what Metabase has already is set to what it would be made as today. */
  isUpdate: boolean;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface SetUpReport {
  /** What was made and what was set anew, as in `card "Bot share"`; nothing when all was in place. */
  made: string[];
  updated: string[];
  dashboardId: number;
}

/**
 * Brings a Metabase from wherever it is to an account, the warehouse and its dashboard. Any number of times: what is there
 * is left alone.
 *
 * @throws UserError when Metabase or the warehouse refuse a part of it; what was made before stays, and the next run goes on.
 */
export async function setUpMetabase(options: SetUpOptions): Promise<SetUpReport> {
  const { client, isUpdate } = options;
  await waitForMetabase(client, options.timeoutMs, options.signal);
  const { isNew } = await signIn(client, options.account);
  const warehouse = await bringWarehouse(options);
  const dashboard = await createDashboard(client, options.dashboard, warehouse.id, isUpdate);
  return {
    made: [
      ...(isNew ? [`account ${options.account.email}`] : []),
      ...warehouse.made,
      ...dashboard.made,
    ],
    updated: [...warehouse.updated, ...dashboard.updated],
    dashboardId: dashboard.dashboardId,
  };
}

async function bringWarehouse(
  options: SetUpOptions,
): Promise<{ id: number; made: string[]; updated: string[] }> {
  const { client, access, isUpdate } = options;
  const known = await findWarehouse(client);
  const details = detailsOf(access.connectionString, options.warehouseAddress);
  const what = `database "${WAREHOUSE_NAME}"`;
  if (access.kind === 'owner') {
    details.user = readerNameOf(details.dbname);
    // A warehouse that was made anew, beside a Metabase that was not, has no such user any more.
    if (known !== undefined && !isUpdate && (await hasReader(access.database, details.user)))
      return { id: known, made: [], updated: [] };
    details.password = await makeReader(access.database, details.user);
  } else if (known !== undefined && !isUpdate) {
    return { id: known, made: [], updated: [] };
  }
  const id = await registerWarehouse(client, details, known);
  return known === undefined
    ? { id, made: [what], updated: [] }
    : { id, made: [], updated: [what] };
}
