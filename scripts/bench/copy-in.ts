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
  await new Promise<void>((resolve, reject) => {
    let failure: unknown;
    client.query({
      submit: (connection: unknown) => (connection as CopyConnection).query(sql),
      handleCopyInResponse: (connection: CopyConnection) => {
        send(connection, bytes).then(
          () => connection.endCopyFrom(),
          (error: unknown) => {
            failure ??= error;
            connection.sendCopyFail('the source of the rows failed');
          },
        );
      },
      handleCommandComplete: () => {},
      handleError: (error: unknown) => {
        failure ??= error;
        // Of a lost connection nothing more is heard.
        if ((error as { code?: string }).code === undefined) reject(error);
      },
      handleReadyForQuery: () => (failure === undefined ? resolve() : reject(failure)),
    } as pg.Submittable);
  });
}

async function send(
  connection: CopyConnection,
  bytes: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  for await (const chunk of bytes) {
    connection.sendCopyFromChunk(chunk);
    if (connection.stream.writableNeedDrain)
      await new Promise((drained) => connection.stream.once('drain', drained));
  }
}
