import { once } from 'node:events';
import type pg from 'pg';

/** What pg's connection can do of the COPY protocol; its types leave it out. */
interface CopyConnection {
  query: (sql: string) => void;
  sendCopyFromChunk: (chunk: Buffer) => void;
  endCopyFrom: () => void;
  sendCopyFail: (message: string) => void;
  stream: NodeJS.WritableStream & { writableNeedDrain: boolean };
}

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
  const stop = new AbortController();
  let sending: Promise<void> = Promise.resolve();
  let failure: { error: unknown } | undefined;
  await new Promise<void>((resolve) => {
    client.query({
      submit: (connection: unknown) => (connection as CopyConnection).query(sql),
      handleCopyInResponse: (connection: CopyConnection) => {
        sending = send(connection, bytes, stop.signal).catch((error: unknown) => {
          failure ??= { error };
          connection.sendCopyFail('the source of the rows failed');
        });
      },
      handleCommandComplete: () => {},
      // pg tells a failed query nothing more, not even that the connection is ready again.
      handleError: (error: unknown) => {
        failure ??= { error };
        stop.abort();
        resolve();
      },
      handleReadyForQuery: () => resolve(),
    } as pg.Submittable);
  });
  // What is sent later would go to the next statement.
  await sending;
  if (failure !== undefined) throw failure.error;
}

async function send(
  connection: CopyConnection,
  bytes: AsyncIterable<Buffer> | Iterable<Buffer>,
  signal: AbortSignal,
): Promise<void> {
  for await (const chunk of bytes) {
    if (signal.aborted) return;
    connection.sendCopyFromChunk(chunk);
    if (connection.stream.writableNeedDrain)
      await once(connection.stream, 'drain', { signal }).catch(() => {});
  }
  if (!signal.aborted) connection.endCopyFrom();
}
