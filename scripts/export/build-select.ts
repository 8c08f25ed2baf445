import pg from 'pg';
import { TIME_TYPES } from './choose-time-column.ts';
import type { Column, Selection } from './export-types.ts';

/** One SELECT that gives the rows of a selection. With a period, its first column tells the row's folder, and rows come in order of time. */
export interface SelectParts {
  /** The expression that gives the first day of the row's period, as text; undefined without one. */
  folderKey: string | undefined;
  /** All from FROM on. The rows are called `exported`. */
  from: string;
}

/** @param selection whose query was checked by the server: it goes into brackets as it is. */
export function buildSelect({ sql, timeColumn, since, until, period }: Selection): SelectParts {
  // A comment at the end of the query ends with the line.
  const rows = `from (${sql}\n) as exported`;
  if (timeColumn === undefined) return { folderKey: undefined, from: rows };
  const time = `exported.${pg.escapeIdentifier(timeColumn.name)}`;
  const conditions = [
    since === undefined ? undefined : `${time} >= ${boundOf(since, timeColumn)}`,
    until === undefined ? undefined : `${time} < ${boundOf(until, timeColumn)}`,
  ].filter((condition) => condition !== undefined);
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  if (period === undefined) return { folderKey: undefined, from: `${rows}${where}` };
  const utc = timeColumn.typeId === TIME_TYPES.timestamptz ? `(${time} at time zone 'UTC')` : time;
  // The day of infinity is infinity, and that of NULL is NULL: no row is without a folder.
  const day = period === 'day' ? `${utc}::date` : `date_trunc('month', ${utc}::timestamp)::date`;
  return { folderKey: `${day}::text`, from: `${rows}${where} order by ${time}` };
}

/** A bound in the column's own type, so that an index on it can be used, and its partitions be left out. */
function boundOf(time: string, { typeId }: Column): string {
  const bound = `${pg.escapeLiteral(time)}::timestamptz`;
  if (typeId === TIME_TYPES.timestamptz) return bound;
  return `(${bound} at time zone 'UTC')`;
}
