import type { Queryable } from '../shared/database.ts';

/** A month that was counted. */
export interface CountedMonth {
  /** First day of the UTC month, as YYYY-MM-DD. */
  month: string;
  /** Rows of the marts that were written. */
  rows: number;
}

/**
 * Counts the months that the marts do not have yet (ops.pending_marts), the newest first, each in a transaction of its own:
 * cut short, the next call goes on where it was. To be called under the transformer's lock.
 *
 * @param client outside a transaction.
 */
export async function countPendingMarts(client: Queryable): Promise<CountedMonth[]> {
  const { rows: pending } = await client.query<{ month: string }>(
    'select month::text from ops.pending_marts order by month desc',
  );
  const counted: CountedMonth[] = [];
  for (const { month } of pending) {
    const { rows } = await client.query<{ rows: number }>(
      'select gold.rebuild_marts($1::date)::float8 as rows',
      [month],
    );
    counted.push({ month, rows: rows[0]?.rows ?? 0 });
  }
  return counted;
}
