import { randomBytes } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBlocks } from './source-file.ts';

export interface Spooled {
  sizeBytes: number;
  read: (start: number) => AsyncIterable<Buffer>;
  close: () => Promise<void>;
}

/**
 * Writes a stream into a temporary file, so that it can be read more than once. The file has no name once it is open:
 * whatever becomes of this process, nothing is left behind.
 */
export async function spool(stream: AsyncIterable<Uint8Array>): Promise<Spooled> {
  const path = join(tmpdir(), `assay-${randomBytes(8).toString('hex')}`);
  const handle = await open(path, 'wx+', 0o600);
  // Where an open file cannot be removed it stays until it is closed.
  const isUnlinked = await unlink(path).then(
    () => true,
    () => false,
  );
  const close = async () => {
    await handle.close();
    if (!isUnlinked) await unlink(path).catch(() => {});
  };
  try {
    let sizeBytes = 0;
    for await (const block of stream) {
      await handle.write(block);
      sizeBytes += block.length;
    }
    return { sizeBytes, read: (start) => readBlocks(handle, start), close };
  } catch (error) {
    await close();
    throw error;
  }
}
