import { createGunzip, type Gunzip } from 'node:zlib';
import { findMember, isZero, type ReadFrom } from './find-gzip-member.ts';

/** Small enough that a fault is found again quickly byte by byte, large enough that crossing to zlib's thread costs nothing. */
const SLICE = 32 * 1024;
/** The default of 16 KB makes gunzip 3.5 times slower. */
const OUTPUT = 256 * 1024;
/** How far before a fault the next member is looked for. */
const SEARCH_BEFORE = 1024;

/**
 * Unpacks gzip of one or more members, as far as it can be unpacked: up to a fault to the very byte, and on from the next
 * member where there is one. Between what a fault has torn apart stands a line break.
 *
 * @param onFault told what is wrong, in words, each time, and which part of what was unpacked no check sum vouches for:
 *   a fault is noticed only after it, and what comes between may be altered and still look sound.
 */
export async function* gunzip(
  read: ReadFrom,
  onFault: (fault: string) => void,
): AsyncGenerator<Buffer> {
  let given = 0;
  for await (const piece of unpackAll(read, onFault, () => given)) {
    given += piece.length;
    yield piece;
  }
}

/** @param given how much of the output has been taken. */
async function* unpackAll(
  read: ReadFrom,
  onFault: (fault: string) => void,
  given: () => number,
): AsyncGenerator<Buffer> {
  for (let start = 0; ; ) {
    const from = given();
    const unchecked = () =>
      given() > from ? `; bytes ${from} to ${given()} of its content are unchecked` : '';
    const outcome = yield* unpack(read, start, Number.POSITIVE_INFINITY, 0);
    if (outcome.kind === 'whole') return;
    if (outcome.kind === 'truncated') {
      onFault(`the gzip ends too early, after ${outcome.at} bytes${unchecked()}`);
      yield* unpackSwallowed(read, start, outcome.at);
      return;
    }
    let { at } = outcome;
    if (outcome.kind === 'corrupt') {
      // What the failing call had unpacked before the fault is lost with it: unpack again up to there, then by bytes.
      const again = yield* unpack(read, start, outcome.at, outcome.unpacked);
      at = again.at;
      onFault(`the gzip is corrupt at byte ${at}: ${outcome.message}${unchecked()}`);
    }
    // A member that breaks off is noticed only after some bytes of the one behind it.
    const next = await findMember(read, Math.max(start + 1, at - SEARCH_BEFORE));
    if (next === undefined) {
      if (outcome.kind === 'followed' && !(await isZero(read, at)))
        onFault(`what follows the gzip at byte ${at} is no gzip`);
      return;
    }
    start = next;
    yield Buffer.from('\n');
  }
}

/**
 * A corrupt member may swallow a last short one as if it were its own data. Only one that unpacks whole is believed: the
 * header found may as well be that of the member that ends too early.
 */
async function* unpackSwallowed(
  read: ReadFrom,
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  let from = Math.max(start + 1, end - SEARCH_BEFORE);
  for (;;) {
    const next = await findMember(read, from);
    if (next === undefined) return;
    const pieces: Buffer[] = [Buffer.from('\n')];
    const member = unpack(read, next, Number.POSITIVE_INFINITY, 0);
    let step = await member.next();
    for (; step.done !== true; step = await member.next()) pieces.push(step.value);
    if (step.value.kind === 'whole') {
      yield* pieces;
      return;
    }
    from = next + 1;
  }
}

type Outcome =
  | { kind: 'whole' | 'truncated' | 'followed'; at: number }
  | { kind: 'corrupt'; at: number; unpacked: number; message: string };

/**
 * @param slowFrom from this offset on byte by byte.
 * @param skip bytes of the output that are known already.
 */
async function* unpack(
  read: ReadFrom,
  start: number,
  slowFrom: number,
  skip: number,
): AsyncGenerator<Buffer, Outcome> {
  const stream = createGunzip({ chunkSize: OUTPUT });
  const driver = drive(stream);
  let at = start;
  let unpacked = 0;
  try {
    for await (const bytes of read(start)) {
      for (let offset = 0; offset < bytes.length; ) {
        const length = at >= slowFrom ? 1 : Math.min(SLICE, bytes.length - offset, slowFrom - at);
        await driver.write(bytes.subarray(offset, offset + length));
        for (const piece of driver.take()) {
          const fresh = piece.subarray(Math.max(0, Math.min(piece.length, skip - unpacked)));
          unpacked += piece.length;
          if (fresh.length > 0) yield fresh;
        }
        if (driver.error !== undefined)
          return { kind: 'corrupt', at, unpacked, message: driver.error.message };
        if (driver.hasEnded) return { kind: 'followed', at: start + stream.bytesWritten };
        offset += length;
        at += length;
      }
    }
    await driver.end();
    for (const piece of driver.take()) yield piece;
    return { kind: driver.error === undefined ? 'whole' : 'truncated', at };
  } finally {
    stream.destroy();
  }
}

/**
 * Writes to a stream step by step and collects what comes out. Piping would lose what is still buffered when the stream
 * fails.
 */
function drive(stream: Gunzip) {
  let output: Buffer[] = [];
  const driver = {
    error: undefined as Error | undefined,
    hasEnded: false,
    /** Resolves when the bytes are unpacked, the stream has failed, or it has ended before them. */
    write: (bytes: Buffer) => step((done) => stream.write(bytes, done)),
    end: () => step(() => stream.end()),
    take: () => {
      const taken = output;
      output = [];
      return taken;
    },
  };
  let settle = () => {};
  const step = (begin: (done: () => void) => void) =>
    new Promise<void>((done) => {
      settle = done;
      begin(done);
    });
  stream.on('data', (piece: Buffer) => output.push(piece));
  stream.on('error', (error) => {
    driver.error = error;
    settle();
  });
  stream.on('end', () => {
    driver.hasEnded = true;
    settle();
  });
  return driver;
}
