import type { Pool } from '../../shared/database.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { createLimiter, mapConcurrently } from './limiter.ts';
import { type LoadResult, loadSource } from './load-source.ts';
import { openStdin } from './open-stdin.ts';
import type { Progress } from './progress.ts';
import { openFile } from './source-file.ts';

export interface BackfillFilesOptions {
  pool: Pool;
  /** Paths; `-` is standard input. */
  files: readonly string[];
  stdin: AsyncIterable<Buffer>;
  mapping?: ReadonlyMap<string, string>;
  log: Logger;
  signal: AbortSignal;
  concurrency: number;
  progress: Progress;
  onResult?: (result: LoadResult) => void;
}

/**
 * Loads files into bronze.
 *
 * @returns what became of each, in their order; one that fails does not keep the others from being loaded.
 * @throws the signal's reason when it aborts; the next run goes on where this one stopped.
 */
export async function backfillFiles(options: BackfillFilesOptions): Promise<LoadResult[]> {
  const { files, concurrency, log, signal } = options;
  const writers = createLimiter(concurrency);
  const results = await mapConcurrently(files, concurrency, async (path) => {
    signal.throwIfAborted();
    let result: LoadResult;
    try {
      result = await backfillFile(path);
    } catch (error) {
      signal.throwIfAborted();
      log.debug({ err: error, path }, `${path}: ${messageOf(error)}`);
      const note = messageOf(error);
      result = {
        name: path,
        source: '',
        takenFor: '',
        status: 'failed',
        items: 0,
        inserted: 0,
        deadLettered: 0,
        note,
      };
    }
    options.onResult?.(result);
    return result;
  });
  signal.throwIfAborted();
  return results;

  async function backfillFile(path: string): Promise<LoadResult> {
    const source = path === '-' ? await openStdin(options.stdin) : await openFile(path);
    const { sizeBytes } = source;
    const progress = options.progress.start(source.location, sizeBytes ?? 0, sizeBytes);
    try {
      const { mapping } = options;
      return await loadSource(source, {
        pool: options.pool,
        log,
        signal,
        writers,
        progress,
        ...(mapping === undefined ? {} : { mapping }),
      });
    } finally {
      options.progress.finish(source.location);
      await source.close();
    }
  }
}
