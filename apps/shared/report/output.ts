/** Standard output, written in large pieces. */
export interface Output {
  /** @returns false when the reader is slower than we are: wait for `drained` before writing more. */
  write: (text: string) => boolean;
  drained: () => Promise<void>;
  /** Waits until everything is with the reader, or the reader is gone. */
  flush: () => Promise<void>;
  /** Aborts when the reader has closed its end, as `head` does: no fault, but nobody reads on. */
  readonly closed: AbortSignal;
}

const PIECE_LENGTH = 64 * 1024;

export function createOutput(stream: NodeJS.WritableStream): Output {
  const closed = new AbortController();
  let waiting = '';

  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed.abort();
  });

  function send(): boolean {
    if (waiting === '' || closed.signal.aborted) return true;
    const piece = waiting;
    waiting = '';
    return stream.write(piece);
  }

  function untilClosedOr(wait: (done: () => void) => void): Promise<void> {
    if (closed.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        closed.signal.removeEventListener('abort', done);
        resolve();
      };
      closed.signal.addEventListener('abort', done);
      wait(done);
    });
  }

  return {
    write: (text) => {
      waiting += text;
      return waiting.length < PIECE_LENGTH || send();
    },
    drained: () => untilClosedOr((done) => stream.once('drain', done)),
    flush: () =>
      untilClosedOr((done) => {
        send();
        stream.write('', () => done());
      }),
    closed: closed.signal,
  };
}
