import pino from 'pino';
import { backfillFiles } from '../../apps/listener/backfill/backfill-files.ts';
import type { Progress } from '../../apps/listener/backfill/progress.ts';
import { createPool } from '../../apps/shared/database.ts';

export interface LoadFilesOptions {
  connectionString: string;
  files: readonly string[];
  /** Files at a time, and connections. */
  concurrency: number;
  signal: AbortSignal;
}

const silent: Progress = {
  start: () => ({ read: () => {}, settled: () => {} }),
  finish: () => {},
  print: () => {},
  stop: () => {},
};

/**
 * Loads files into bronze as `npm run backfill` does.
 *
 * @returns the rows that were new.
 * @throws Error when a file was not loaded completely.
 */
export async function loadFiles(options: LoadFilesOptions): Promise<number> {
  const { connectionString, files, concurrency, signal } = options;
  const pool = createPool({ connectionString, applicationName: 'backfill', max: concurrency + 1 });
  try {
    const results = await backfillFiles({
      pool,
      files,
      stdin: emptyInput(),
      log: pino({ level: 'silent' }),
      signal,
      concurrency,
      progress: silent,
    });
    const bad = results.find(({ status }) => status !== 'complete');
    if (bad !== undefined)
      throw new Error(`${bad.name} was not loaded completely but ${bad.status}: ${bad.note}`);
    return results.reduce((sum, { inserted }) => sum + inserted, 0);
  } finally {
    await pool.end();
  }
}

async function* emptyInput(): AsyncGenerator<Buffer> {}
