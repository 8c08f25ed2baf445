import type { Queryable } from './database.ts';
import { codeOf, LOCK_NOT_AVAILABLE } from './errors.ts';
import { failpoint } from './failpoint.ts';

/** Tables that have a partition for each month, in the order in which a row passes them. */
export const MONTHLY_TABLES = [
  'bronze.raw_events',
  'bronze.sightings',
  'silver.events',
  'gold.fact_events',
] as const;
export type MonthlyTable = (typeof MONTHLY_TABLES)[number];

/** SQLSTATEs of somebody else being in the way; 40P01 is deadlock_detected. */
const IN_THE_WAY = new Set([LOCK_NOT_AVAILABLE, '40P01']);

export interface AddedMonth {
  table: MonthlyTable;
  /** First day of the UTC month, as YYYY-MM-DD. */
  month: string;
  /** Rows moved into it. */
  rows: number;
}

/**
 * Makes the partitions that tables should have by now: see ops.missing_months. Each is made in a transaction of its own,
 * so it may be cut short at any time. One that somebody stands in the way of is left for the next time; its rows are
 * safe in the partition for the rest meanwhile.
 *
 * @param db outside a transaction.
 */
export async function addMonths(
  db: Queryable,
  tables: readonly MonthlyTable[],
  onAdded: (added: AddedMonth) => void = () => {},
): Promise<void> {
  for (const table of tables) {
    const { rows } = await db.query<{ month: string }>(
      'select month::text from ops.missing_months($1::regclass) as month',
      [table],
    );
    for (const { month } of rows) {
      const moved = await addMonth(db, table, month);
      // Whoever is in the way of one month of a table is in the way of all.
      if (moved === 'busy') break;
      if (moved !== 'exists') onAdded({ table, month, rows: moved });
    }
  }
}

/** @returns rows moved into it. */
async function addMonth(
  db: Queryable,
  table: string,
  month: string,
): Promise<number | 'exists' | 'busy'> {
  failpoint('months.before-add');
  try {
    const { rows } = await db.query<{ moved: string | null }>(
      'select ops.add_month($1::regclass, $2::date) as moved',
      [table, month],
    );
    failpoint('months.after-add');
    const moved = rows[0]?.moved;
    return moved == null ? 'exists' : Number(moved);
  } catch (error) {
    if (IN_THE_WAY.has(codeOf(error) ?? '')) return 'busy';
    throw error;
  }
}
