import { UserError } from '../../apps/shared/errors.ts';
import type { Column } from './export-types.ts';

/** Types of PostgreSQL that tell a moment or a day, by their numbers in pg_type. */
export const TIME_TYPES = { date: 1082, timestamp: 1114, timestamptz: 1184 } as const;

/** When an event happened, wherever a table has it. */
const EVENT_TIME = 'event_time';

/**
 * Chooses the column that tells a row's time: the one named; else the one that the table is partitioned by; else
 * event_time; else the only one there is.
 *
 * @throws UserError when it is no such column, or it is not clear which.
 */
export function chooseTimeColumn(
  columns: readonly Column[],
  named: string | undefined,
  partitionColumn: string | undefined,
): Column {
  const isTime = (column: Column) => Object.values<number>(TIME_TYPES).includes(column.typeId);
  const times = columns.filter(isTime);
  const choice = `It has ${times.length === 0 ? 'none' : times.map(({ name }) => name).join(', ')}.`;
  if (named !== undefined) {
    const column = times.find(({ name }) => name === named);
    if (column === undefined)
      throw new UserError(`--time-column "${named}" is no column of dates or times. ${choice}`);
    return column;
  }
  const column =
    times.find(({ name }) => name === partitionColumn) ??
    times.find(({ name }) => name === EVENT_TIME) ??
    (times.length === 1 ? times[0] : undefined);
  if (column === undefined)
    throw new UserError(
      `Which column tells the time? Name it with --time-column for --since, --until and --partition-by. ${choice}`,
    );
  return column;
}
