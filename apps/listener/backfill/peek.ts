/**
 * Looks at the beginning of a stream.
 *
 * @returns at least `size` bytes of it, or all it has, and the whole stream, to be read once.
 */
export async function peek(
  stream: AsyncIterable<Buffer>,
  size: number,
): Promise<{ head: Buffer; isWhole: boolean; all: AsyncGenerator<Buffer> }> {
  const iterator = stream[Symbol.asyncIterator]();
  const pieces: Buffer[] = [];
  let length = 0;
  let isWhole = false;
  while (length < size) {
    const next = await iterator.next();
    if (next.done === true) {
      isWhole = true;
      break;
    }
    pieces.push(next.value);
    length += next.value.length;
  }

  async function* all(): AsyncGenerator<Buffer> {
    try {
      yield* pieces.splice(0);
      if (isWhole) return;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(pieces), isWhole, all: all() };
}
