import { createHash } from 'node:crypto';
import { decodeText, findEncoding } from './decode-text.ts';
import { gunzip } from './gunzip.ts';
import { peek } from './peek.ts';
import { HEAD_SIZE } from './recognise-format.ts';
import { hashSource, type SourceFile } from './source-file.ts';

/** A source unpacked and decoded. */
export interface OpenText {
  compression: 'gzip' | 'none';
  encoding: string;
  head: Buffer;
  headIsWhole: boolean;
  /** As UTF-8, to be read once. */
  text: AsyncGenerator<Buffer>;
  /** What was found to be wrong with the container so far. */
  faults: string[];
  /** After the end: size and SHA-256 of the source's bytes. */
  measure: () => Promise<{ sizeBytes: number; sha256: Buffer }>;
}

const GZIP_MAGIC = [0x1f, 0x8b];

export function isGzip(head: Buffer): boolean {
  return GZIP_MAGIC.every((byte, index) => head[index] === byte);
}

/**
 * Unpacks and decodes a source by what its first bytes are.
 *
 * @param onRead told how many bytes of the source have been read.
 */
export async function openText(
  source: SourceFile,
  onRead: (position: number) => void,
): Promise<OpenText> {
  const hash = createHash('sha256');
  const faults: string[] = [];
  let position = 0;
  /** Once more than once, or not to the end, and the hash in passing is not that of the whole. */
  let isHashed = false;

  async function* readFirst(): AsyncGenerator<Buffer> {
    for await (const block of source.read(0)) {
      hash.update(block);
      position += block.length;
      onRead(position);
      yield block;
    }
    isHashed = true;
  }

  const raw = await peek(readFirst(), 4);
  let compression: OpenText['compression'] = 'none';
  let bytes: AsyncIterable<Buffer> = raw.all;
  if (isGzip(raw.head)) {
    compression = 'gzip';
    let isFirst = true;
    const read = (start: number) => {
      const again = isFirst ? raw.all : source.read(start);
      isFirst = false;
      return again;
    };
    bytes = gunzip(read, (fault) => faults.push(fault));
  }
  const unpacked = await peek(bytes, 4);
  const { encoding, markLength } = findEncoding(unpacked.head);
  const decoded = await peek(decodeText(unpacked.all, { encoding, markLength }), HEAD_SIZE);
  return {
    compression,
    encoding,
    head: decoded.head,
    headIsWhole: decoded.isWhole,
    text: decoded.all,
    faults,
    measure: async () => ({
      sizeBytes: isHashed ? position : (source.sizeBytes ?? position),
      sha256: isHashed ? hash.digest() : await hashSource(source),
    }),
  };
}
