// What the benchmark does in processes of their own, so that the memory they need can be told.
import { exportOnce } from './export-once.ts';
import { loadFiles } from './load-files.ts';
import { time } from './measure.ts';
import { runDuckdb } from './run-duckdb.ts';
import { transformOnce } from './transform-once.ts';

const forever = new AbortController().signal;

export const tasks = {
  backfill: async (given: { connectionString: string; files: string[]; concurrency: number }) => {
    const { ms, result } = await time(() => loadFiles({ ...given, signal: forever }));
    return { ms, inserted: result };
  },
  'file-to-gold': async (given: {
    connectionString: string;
    files: string[];
    concurrency: number;
  }) => {
    const { ms, result } = await time(() => loadFiles({ ...given, signal: forever }));
    return { ms, inserted: result, ...(await transformOnce(given.connectionString, forever)) };
  },
  duckdb: runDuckdb,
  export: exportOnce,
};

export type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
export type TaskInput<Name extends TaskName> = Parameters<Tasks[Name]>[0];
export type TaskResult<Name extends TaskName> = Awaited<ReturnType<Tasks[Name]>>;
