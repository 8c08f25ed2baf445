import { z } from 'zod';
import { invalidParameter } from '../problems.ts';

/** An event as a place in the order of events: time, id, type, all falling. */
export interface Cursor {
  time: string;
  id: string;
  type: string;
}

const text = z.string().refine((given) => !given.includes('\0'));
const schema = z.tuple([
  // As PostgreSQL writes them, years beyond 9999 included.
  z.string().regex(/^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/),
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

function parse(given: string): z.infer<typeof schema> {
  try {
    const parsed = schema.parse(JSON.parse(Buffer.from(given, 'base64url').toString('utf8')));
    return parsed;
  } catch {
    throw invalidParameter('cursor', 'must be the next_cursor of an answer');
  }
}
