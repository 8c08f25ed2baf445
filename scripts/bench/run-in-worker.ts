import { type ChildProcess, fork } from 'node:child_process';
import { extname, join } from 'node:path';
import type { TaskInput, TaskName, TaskResult } from './worker-tasks.ts';

export interface WorkerOrder {
  task: TaskName;
  given: unknown;
}

export type WorkerMessage =
  | { kind: 'done'; result: unknown; peakBytes: number }
  | { kind: 'failed'; message: string };

/**
 * Does a task in a process of its own, which ends with the task, or when the signal aborts.
 *
 * @returns its result, and the most memory the process held.
 * @throws Error with what the task said was wrong.
 */
export async function runInWorker<Name extends TaskName>(
  task: Name,
  given: TaskInput<Name>,
  signal: AbortSignal,
): Promise<{ result: TaskResult<Name>; peakBytes: number }> {
  signal.throwIfAborted();
  const extension = extname(import.meta.filename);
  const worker = fork(join(import.meta.dirname, `worker${extension}`), [], {
    execArgv: extension === '.ts' ? ['--import', import.meta.resolve('tsx')] : [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // Ctrl-C on a terminal reaches it through us only.
    detached: true,
  });
  const stop = () => worker.kill('SIGKILL');
  signal.addEventListener('abort', stop);
  try {
    const order: WorkerOrder = { task, given };
    worker.send(order);
    const message = await answerOf(worker, task);
    signal.throwIfAborted();
    if (message.kind === 'failed') throw new Error(message.message);
    return { result: message.result as TaskResult<Name>, peakBytes: message.peakBytes };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function answerOf(worker: ChildProcess, task: string): Promise<WorkerMessage> {
  return new Promise((resolve) => {
    worker.once('message', (message) => resolve(message as WorkerMessage));
    worker.once('error', ({ message }) => resolve({ kind: 'failed', message }));
    worker.once('exit', (code, signal) =>
      resolve({
        kind: 'failed',
        message: `The process for ${task} ended (${signal ?? `code ${code}`}) before its task did.`,
      }),
    );
  });
}
