import { type AddedMonth, addMonths, MONTHLY_TABLES } from '../shared/add-months.ts';
import type { Config } from '../shared/config.ts';
import type { Queryable } from '../shared/database.ts';
import { type CountedMonth, countPendingMarts } from './count-marts.ts';
import { dropExpired, type Expired } from './drop-expired.ts';

export interface Maintained {
  /** Partitions that were made. */
  added: AddedMonth[];
  /** Months that the marts did not have. */
  counted: CountedMonth[];
  /** Months that were due to be dropped. */
  expired: Expired[];
  /** Tables whose statistics were taken anew. */
  analyzed: string[];
}

/**
 * Keeps the storage in order: partitions for the months that need one, months counted that the marts do not have, months
 * past their retention dropped, statistics of the tables as a whole, which autovacuum takes of partitions only. To be called under the transformer's lock.
 *
 * @param client outside a transaction.
 * @param asOf the present time for retention, as PostgreSQL reads it.
 */
export async function maintain(
  client: Queryable,
  retentionDays: Config['retentionDays'],
  asOf?: string,
): Promise<Maintained> {
  const added: AddedMonth[] = [];
  await addMonths(client, MONTHLY_TABLES, (month) => added.push(month));
  const counted = await countPendingMarts(client);
  const expired = await dropExpired(client, retentionDays, asOf);
  return { added, counted, expired, analyzed: await analyze(client) };
}

/**
 * Joins are planned by these statistics; for tables that only grow, once a day is enough. Before PostgreSQL 18 they can
 * not be taken without those of every partition, so once a week has to do.
 */
async function analyze(client: Queryable): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relid::regclass::text as name
     from pg_stat_all_tables
     where relid = any ($1::regclass[])
       and coalesce(last_analyze < now() - case when current_setting('server_version_num')::integer >= 180000 then interval '1 day' else interval '7 days' end, true)
     order by name`,
    [MONTHLY_TABLES],
  );
  for (const { name } of rows)
    await client.query('select ops.take_statistics($1::regclass)', [name]);
  return rows.map(({ name }) => name);
}
