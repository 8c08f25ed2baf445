import { fork } from 'node:child_process';
import { extname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';

export type KeeperMessage =
  | { kind: 'ready'; connectionString: string }
  | { kind: 'failed'; message: string };

export interface EmbeddedDatabase {
  connectionString: string;
  /** Lets go of the server, which stops when nobody else uses it. */
  release: () => Promise<void>;
}

/**
 * Gives the embedded PostgreSQL of a data folder: the running one, or a new one. It runs until the last process that
 * opened it has ended.
 *
 * @throws UserError when it cannot start, with what to do.
 */
export async function openEmbedded(dataDir: string): Promise<EmbeddedDatabase> {
  const keeper = fork(
    join(import.meta.dirname, `keeper${extname(import.meta.filename)}`),
    [resolve(dataDir)],
    {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    },
  );
  const ended = new Promise<void>((done) => keeper.once('exit', () => done()));
  const message = await new Promise<KeeperMessage>((done) => {
    keeper.once('message', (received) => done(received as KeeperMessage));
    keeper.once('error', (error) => done({ kind: 'failed', message: error.message }));
    keeper.once('exit', (code) =>
      done({
        kind: 'failed',
        message: `The keeper of the embedded PostgreSQL ended with code ${code}.`,
      }),
    );
  });
  if (message.kind === 'failed') throw new UserError(message.message);
  // The channel must not keep this process alive; that it closes with the process is the point of it.
  keeper.unref();
  keeper.channel?.unref();
  return {
    connectionString: message.connectionString,
    release: async () => {
      keeper.ref();
      if (keeper.connected) keeper.disconnect();
      await ended;
    },
  };
}
