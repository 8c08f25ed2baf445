import type { MonthlyTable } from '../shared/add-months.ts';
import type { Config } from '../shared/config.ts';
import type { Queryable } from '../shared/database.ts';
import { codeOf, LOCK_NOT_AVAILABLE } from '../shared/errors.ts';
import { failpoint } from '../shared/failpoint.ts';

/** A month that was due to be dropped. */
export interface Expired {
  table: MonthlyTable;
  /** First day of the UTC month, as YYYY-MM-DD. */
  month: string;
  /** What was dropped, as of ops.dropped_partitions. */
  dropped?: { rows: number; bytes: number };
  /** Why it was not. */
  whyNot?: string;
}

/** Each layer goes after the one it is made from. */
const ORDER: readonly { table: MonthlyTable; layer: keyof Config['retentionDays'] }[] = [
  { table: 'bronze.raw_events', layer: 'bronze' },
  { table: 'bronze.sightings', layer: 'bronze' },
  { table: 'silver.events', layer: 'silver' },
  { table: 'gold.fact_events', layer: 'gold' },
];

/**
 * Drops the months that are older than their layer keeps rows, each in a transaction of its own, if the next layer has all
 * of it: see ops.drop_month. To be called under the transformer's lock.
 *
 * @param client outside a transaction.
 * @param asOf the present time, as PostgreSQL reads it.
 * @returns the months that were due, and what became of each.
 */
export async function dropExpired(
  client: Queryable,
  retentionDays: Config['retentionDays'],
  asOf = 'now',
): Promise<Expired[]> {
  const all: Expired[] = [];
  for (const { table, layer } of ORDER) {
    const days = retentionDays[layer];
    if (days === undefined) continue;
    const { rows } = await client.query<{ month: string }>(
      'select month::text from ops.expired_months($1::regclass, $2, $3) as month',
      [table, days, asOf],
    );
    for (const { month } of rows) all.push(await dropMonth(client, table, month, days));
  }
  return all;
}

async function dropMonth(
  client: Queryable,
  table: MonthlyTable,
  month: string,
  days: number,
): Promise<Expired> {
  failpoint('retention.before-drop');
  try {
    const { rows } = await client.query<{ rows: string; bytes: string; why_not: string | null }>(
      'select row_count as rows, size_bytes as bytes, why_not from ops.drop_month($1::regclass, $2::date, $3)',
      [table, month, days],
    );
    failpoint('retention.after-drop');
    const [row] = rows;
    if (row === undefined) throw new Error('ops.drop_month gave no row.');
    return row.why_not === null
      ? { table, month, dropped: { rows: Number(row.rows), bytes: Number(row.bytes) } }
      : { table, month, whyNot: row.why_not };
  } catch (error) {
    if (codeOf(error) !== LOCK_NOT_AVAILABLE) throw error;
    return { table, month, whyNot: 'somebody is reading it' };
  }
}
