// Reads the events of a file, each with its own bytes: NDJSON or a JSON array, plain or gzip,
// told apart by looking.
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createItemSplitter, type ItemSplitter } from './split-items.ts';

/**
 * Gives the items of a file in their order, reading no further than it is asked to.
 * @throws Error that names the file when it cannot be read or unpacked
 */
export async function* readItems(
  file: string,
  onSkipped: (bytes: Buffer) => void,
): AsyncGenerator<Buffer> {
  const splitter = createItemSplitter(onSkipped);
  try {
    const chunks = await unpacked(file);
    yield* itemsIn(chunks, splitter);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`cannot replay ${file}: ${why}`, { cause });
  }
}

async function* itemsIn(
  chunks: AsyncIterable<Buffer>,
  splitter: ItemSplitter,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield* splitter.push(chunk);
  yield* splitter.end();
}

async function unpacked(file: string): Promise<AsyncIterable<Buffer>> {
  const isGzip = await startsWithGzip(file);
  const source = createReadStream(file, { highWaterMark: 256 * 1024 });
  if (!isGzip) return source;
  // 256 KB: the default of 16 KB makes gunzip 3.5 times slower.
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  // Errors reach whoever reads from gunzip; the callback is only there for pipeline's sake.
  return pipeline(source, gunzip, () => {});
}

async function startsWithGzip(file: string): Promise<boolean> {
  for await (const chunk of createReadStream(file, { end: 1 })) {
    return (chunk as Buffer).equals(Buffer.from([0x1f, 0x8b]));
  }
  return false;
}
