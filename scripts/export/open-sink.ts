import { once } from 'node:events';
import { PassThrough, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Where bytes go, one piece after the other. */
export interface Sink {
  /** Waits while whoever takes the bytes is slower than we are. @throws what became of the target. */
  write: (bytes: Buffer) => Promise<void>;
  /** Waits until all is with the target, which is ended unless it is to be left open. */
  close: () => Promise<void>;
  /** Lets go of the target as it is. */
  abort: () => Promise<void>;
}

export interface SinkOptions {
  isGzip: boolean;
  /** Whether the target outlives the sink, as standard output does. */
  staysOpen?: boolean;
  /** Told how many more bytes went to the target. */
  onBytes: (count: number) => void;
}

export function openSink(target: Writable, options: SinkOptions): Sink {
  const head = options.isGzip ? createGzip() : new PassThrough();
  let failure: { error: unknown } | undefined;

  async function* count(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      options.onBytes(chunk.length);
      yield chunk;
    }
  }
  const done = pipeline(head, count, target, { end: options.staysOpen !== true }).catch(
    (error: unknown) => {
      failure ??= { error };
    },
  );

  return {
    write: async (bytes) => {
      if (failure === undefined && !head.write(bytes))
        await Promise.race([once(head, 'drain').catch(() => {}), done]);
      if (failure !== undefined) throw failure.error;
    },
    close: async () => {
      head.end();
      await done;
      if (failure !== undefined) throw failure.error;
      // What stays open may still hold some of it.
      if (options.staysOpen === true)
        await new Promise<void>((resolve, reject) => {
          target.write('', (error) => (error ? reject(error) : resolve()));
        });
    },
    abort: async () => {
      head.destroy();
      await done;
    },
  };
}
