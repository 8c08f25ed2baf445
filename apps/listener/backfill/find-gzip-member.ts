/** Gives the bytes of a file from an offset on; any number of times. */
export type ReadFrom = (start: number) => AsyncIterable<Buffer>;

/** Position of the first gzip header from an offset on. */
export async function findMember(read: ReadFrom, from: number): Promise<number | undefined> {
  let window = Buffer.alloc(0);
  let base = from;
  for await (const bytes of read(from)) {
    window = Buffer.concat([window, bytes]);
    for (let at = window.indexOf(0x1f); at >= 0; at = window.indexOf(0x1f, at + 1)) {
      if (at + 10 > window.length) break;
      if (isMemberHeader(window, at)) return base + at;
    }
    const kept = Math.min(9, window.length);
    base += window.length - kept;
    window = window.subarray(window.length - kept);
  }
  return undefined;
}

/** Magic, deflate, no reserved flag, and a compression level and system that exist (RFC 1952). */
function isMemberHeader(bytes: Buffer, at: number): boolean {
  const [magic, method, flags, level, system] = [1, 2, 3, 8, 9].map((offset) => bytes[at + offset]);
  return (
    magic === 0x8b &&
    method === 8 &&
    (flags ?? 255) < 32 &&
    (level === 0 || level === 2 || level === 4) &&
    ((system ?? 254) < 14 || system === 255)
  );
}

/** Zeros after the last member are padding. */
export async function isZero(read: ReadFrom, from: number): Promise<boolean> {
  for await (const bytes of read(from)) if (bytes.some((byte) => byte !== 0)) return false;
  return true;
}
