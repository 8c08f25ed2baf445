import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach } from 'vitest';
import { projectRoot } from '../../apps/shared/project-root.ts';

/** The loader of the project, wherever the process runs. */
const TSX = import.meta.resolve('tsx');

export interface SpawnedProcess {
  child: ChildProcess;
  /** Everything it has printed. */
  output: () => string;
  /** Resolves with its exit code, null when a signal ended it. */
  exited: Promise<number | null>;
  /** Sends a signal and waits for the end. */
  end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** Gives a function that runs a TypeScript file as a process of its own; what is left of them is killed after the test. */
export function useProcesses(): (
  file: string,
  args?: string[],
  env?: Record<string, string>,
) => SpawnedProcess {
  const started: SpawnedProcess[] = [];
  const logDir = mkdtempSync(join(tmpdir(), 'assay-logs-'));
  afterAll(() => rmSync(logDir, { recursive: true, force: true }));
  afterEach(async () => {
    await Promise.all(
      started
        .splice(0)
        .map((one) => (one.child.exitCode === null ? one.end('SIGKILL') : one.exited)),
    );
  });
  return (file, args = [], env = {}) => {
    const child = spawn(process.execPath, ['--import', TSX, join(projectRoot, file), ...args], {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        LOG_DIR: logDir,
        ...env,
      },
      cwd: tmpdir(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      text += chunk;
    });
    const exited = once(child, 'exit').then(([code]) => code as number | null);
    const spawned: SpawnedProcess = {
      child,
      output: () => text,
      exited,
      end: async (signal) => {
        child.kill(signal);
        return await exited;
      },
    };
    started.push(spawned);
    return spawned;
  };
}

/** Waits until a condition holds. @throws when it does not within the time. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  what: string,
  timeoutMs = 60_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs / 1000} s in vain until ${what}.`);
    await sleep(100);
  }
}
