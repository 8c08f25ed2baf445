import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { loadConfig } from '../../apps/shared/config.ts';
import { projectRoot } from '../../apps/shared/project-root.ts';
import { openReader, type Reader } from '../../apps/shared/report/open-reader.ts';

/** Connects as the commands do. */
export async function openTestReader(connectionString: string): Promise<Reader> {
  return await openReader(
    {
      config: loadConfig({ DATABASE_URL: connectionString }),
      connect: async () => connectionString,
      shutdown: {
        signal: new AbortController().signal,
        onRelease: (_, release) => onTestFinished(async () => void (await release())),
        request: () => {},
        releaseAll: async () => {},
      },
    },
    'tests',
  );
}

/** A stream that keeps what it is given. */
export function createSink(): { stream: Writable; text: () => string } {
  let text = '';
  const stream = new Writable({
    write: (chunk, _, done) => {
      text += chunk;
      done();
    },
  });
  return { stream, text: () => text };
}

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command of scripts/ to its end, in a folder without a configuration of its own. */
export async function runScript(
  file: string,
  args: readonly string[],
  env: Record<string, string> = {},
  { stdin = '', closeStdoutAfter = Number.POSITIVE_INFINITY } = {},
): Promise<Finished> {
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), join(projectRoot, file), ...args],
    { cwd: tmpdir(), env: { PATH: process.env.PATH, ...env } },
  );
  const result: Finished = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    result.stdout += chunk;
    if (result.stdout.length > closeStdoutAfter) child.stdout.destroy();
  });
  child.stderr.on('data', (chunk) => {
    result.stderr += chunk;
  });
  child.stdin.end(stdin);
  return await new Promise((resolve) => {
    child.on('close', (code) => resolve({ ...result, code }));
  });
}
