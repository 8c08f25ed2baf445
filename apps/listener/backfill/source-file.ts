import { createHash } from 'node:crypto';
import { open, realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Origin } from '../../shared/claim-origin.ts';
import { UserError } from '../../shared/errors.ts';
import type { SourceName } from './source-ledger.ts';

/** Something that can be read and loaded. */
export interface SourceFile extends SourceName {
  /** As people know it. */
  name: string;
  /** Size as it lies there; undefined when it is not known before the end. */
  sizeBytes: number | undefined;
  /** What the archive called this version of it. */
  etag: string | null;
  /** Who served it; null for what lies on this machine, of which nothing is known. */
  origin: Origin | null;
  /** Reads it from an offset on. */
  read: (start: number) => AsyncIterable<Buffer>;
  /** Whether it can be read more than once. */
  isReadable: 'again' | 'once';
  close: () => Promise<void>;
}

/** Bytes read at once. */
const BLOCK = 256 * 1024;

/**
 * Opens a file on disk. It is known by its real path; its events by its name.
 *
 * @throws UserError when there is none.
 */
export async function openFile(path: string): Promise<SourceFile> {
  try {
    const realPath = await realpath(path);
    const stats = await stat(realPath);
    if (!stats.isFile()) throw new UserError(`${path} is no file.`);
    const handle = await open(realPath);
    return {
      key: realPath,
      source: `file:${basename(realPath)}`,
      location: realPath,
      hour: null,
      name: basename(realPath),
      sizeBytes: stats.size,
      etag: null,
      origin: null,
      read: (start) => readBlocks(handle, start),
      isReadable: 'again',
      close: () => handle.close(),
    };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT') throw new UserError(`There is no file ${path}.`, { cause: error });
    throw error;
  }
}

type Handle = Awaited<ReturnType<typeof open>>;

export async function* readBlocks(handle: Handle, start: number): AsyncGenerator<Buffer> {
  for (let position = start; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(BLOCK), 0, BLOCK, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** SHA-256 of a source's bytes. */
export async function hashSource(source: Pick<SourceFile, 'read'>): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const block of source.read(0)) hash.update(block);
  return hash.digest();
}
