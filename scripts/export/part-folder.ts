import type { Period } from './export-types.ts';

/** What Hive, Spark, DuckDB and Polars take for NULL. */
const NULL_VALUE = '__HIVE_DEFAULT_PARTITION__';
/** The column that the names of the folders make; and so none of the table may have this name. */
export const FOLDER_COLUMN: Record<Period, string> = { day: 'date', month: 'month' };

/**
 * The folder for a period, such as `date=2026-01-31` or `month=2026-01`; for rows without a time
 * `date=__HIVE_DEFAULT_PARTITION__`, and for those at the end of time `date=infinity`.
 *
 * @param firstDay as PostgreSQL writes a date; null where a row has no time.
 */
export function partFolder(firstDay: string | null, period: Period): string {
  const value =
    firstDay === null
      ? NULL_VALUE
      : period === 'month'
        ? firstDay.replace(/^(\d+-\d\d)-01/, '$1')
        : firstDay;
  // Years before Christ have a space.
  return `${FOLDER_COLUMN[period]}=${encodeURIComponent(value)}`;
}
