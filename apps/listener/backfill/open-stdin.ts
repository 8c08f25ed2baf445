import { createHash } from 'node:crypto';
import { isGzip } from './open-text.ts';
import { peek } from './peek.ts';
import type { SourceFile } from './source-file.ts';
import { spool } from './spool.ts';

/** Enough to tell what comes on standard input from anything else that may come there. */
const FINGERPRINT_SIZE = 64 * 1024;

/**
 * Opens standard input. The same stream given again is recognised by its beginning and read on. Gzip goes through a
 * temporary file, because a fault in it is only found by reading it twice.
 */
export async function openStdin(stream: AsyncIterable<Buffer>): Promise<SourceFile> {
  const { head, all } = await peek(stream, FINGERPRINT_SIZE);
  const digest = createHash('sha256').update(head.subarray(0, FINGERPRINT_SIZE)).digest('hex');
  const common = {
    key: `stdin:${digest}`,
    source: 'file:stdin',
    location: 'standard input',
    hour: null,
    name: 'stdin',
    etag: null,
    origin: null,
  };
  if (isGzip(head)) return { ...common, ...(await spool(all)), isReadable: 'again' };
  return {
    ...common,
    sizeBytes: undefined,
    read: () => all,
    isReadable: 'once',
    close: async () => {},
  };
}
