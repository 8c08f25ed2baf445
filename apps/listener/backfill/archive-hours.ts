import { UserError } from '../../shared/errors.ts';

const HOUR_MS = 3_600_000;
const WRITTEN = /^(\d{4}-\d{2}-\d{2})T(\d{2})(?::?00)?(?::?00)?Z?$/;

/**
 * The start of a UTC hour written as 2026-01-31T07, in milliseconds.
 *
 * @throws UserError when it is none.
 */
function parseHour(written: string): number {
  const [, day, hour] = WRITTEN.exec(written) ?? [];
  const time = Date.parse(`${day}T${hour}:00:00Z`);
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(`${day}T${hour}`))
    throw new UserError(`"${written}" is no hour; write it in UTC, as 2026-01-31T07.`);
  return time;
}

/**
 * All hours from one to another, both included.
 *
 * @throws UserError when one is no hour, or the last lies before the first.
 */
export function listHours(from: string, to: string): string[] {
  const first = parseHour(from);
  const last = parseHour(to);
  if (last < first) throw new UserError(`--to ${to} lies before --from ${from}.`);
  const count = (last - first) / HOUR_MS + 1;
  return Array.from({ length: count }, (_, index) => formatHour(first + index * HOUR_MS));
}

function formatHour(time: number): string {
  return new Date(time).toISOString().slice(0, 13);
}

/** How archives name an hour: the day, and the hour without a leading zero. */
export function archiveName(hour: string): string {
  const [day, number] = formatHour(parseHour(hour)).split('T');
  return `${day}-${Number(number)}`;
}
