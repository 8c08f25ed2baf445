import { z } from 'zod';
import { invalidParameter } from '../problems.ts';

/** An event as a place in the order of events: time, id, type, all falling. */
export interface Cursor {
  time: string;
  id: string;
  type: string;
}

/** The last year of PostgreSQL's timestamps. */
const LAST_YEAR = 294_276;
/** The calendar comes again after so many years. */
const CYCLE_YEARS = 400;

const text = z.string().refine((given) => !given.includes('\0'));
const schema = z.tuple([
  // As PostgreSQL writes them, years beyond 9999 included.
  z.string().refine(isTime),
  text,
  text,
]);

export function writeCursor({ time, id, type }: Cursor): string {
  return Buffer.from(JSON.stringify([time, id, type])).toString('base64url');
}

/** @throws ProblemError when it is none of ours. */
export function readCursor(given: string): Cursor {
  const [time, id, type] = parse(given);
  return { time, id, type };
}

/** Whether PostgreSQL takes it, too: what it refuses would look like a fault of ours. */
function isTime(given: string): boolean {
  const parts =
    /^(\d{4}|[1-9]\d{4,5})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z$/.exec(given);
  if (parts === null) return false;
  const [year, month, day] = parts.slice(1, 4).map(Number) as [number, number, number];
  if (year < 1 || year > LAST_YEAR) return false;
  const date = new Date(Date.UTC(2000 + (year % CYCLE_YEARS), month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function parse(given: string): z.infer<typeof schema> {
  try {
    const parsed = schema.parse(JSON.parse(Buffer.from(given, 'base64url').toString('utf8')));
    return parsed;
  } catch {
    throw invalidParameter('cursor', 'must be the next_cursor of an answer');
  }
}
