import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from } from 'pg-copy-streams';

/** COPY reads JSON as it is, line by line, when it may take nothing for a quote or a separator. */
export const AS_LINES = `format csv, quote e'\\x01', delimiter e'\\x03'`;

/**
 * Runs `COPY … FROM STDIN` with the bytes given, as fast as the server takes them.
 *
 * @throws what the server or the source of the bytes said was wrong; nothing is stored then.
 */
export async function copyIn(
  client: pg.ClientBase,
  sql: string,
  bytes: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  await pipeline(Readable.from(bytes), client.query(from(sql)));
}
