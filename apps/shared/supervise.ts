import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Logger } from './logger.ts';
import { backoff, pause } from './retry.ts';

export interface ChildSpec {
  name: string;
  /** Path of the module to run. */
  module: string;
  args?: readonly string[];
  /** Options of Node.js on top of ours. */
  nodeOptions?: readonly string[];
  /** Environment variables on top of ours. */
  env?: Readonly<Record<string, string>>;
  /** Given what the child sends us. */
  onMessage?: (message: unknown) => void;
}

export interface Supervised {
  /** Asks the child to stop, waits for it, and kills it when it takes longer than a stop may take. */
  stop: () => Promise<void>;
}

/** A child that lived this long has recovered: its next crash is met with a short pause again. */
const HEALTHY_MS = 60_000;
const LONGEST_PAUSE_MS = 60_000;
/** Longer than a child's own deadline, after which it leaves by itself; shorter than SUPERVISOR_DEADLINE_MS. */
const KILL_AFTER_MS = 7_500;

/** How long whoever supervises may take to stop: the children, then the database. */
export const SUPERVISOR_DEADLINE_MS = 9_500;

/**
 * Keeps a child process running: whenever it ends by itself it is started again, after a pause that grows while it
 * keeps crashing. The child has a process group of its own, so that Ctrl-C reaches it through us only, and ends by
 * itself when we are gone, because the channel between us closes.
 */
export function supervise(spec: ChildSpec, log: Logger): Supervised {
  const stopping = new AbortController();
  let child: ChildProcess | undefined;

  async function keepRunning(): Promise<void> {
    for (let crashes = 0; !stopping.signal.aborted; ) {
      const startedAt = Date.now();
      child = startChild(spec);
      if (spec.onMessage !== undefined) child.on('message', spec.onMessage);
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      if (stopping.signal.aborted) return;
      crashes = Date.now() - startedAt > HEALTHY_MS ? 0 : crashes + 1;
      const pauseMs = backoff(crashes, 500, LONGEST_PAUSE_MS);
      log.error(
        { child: spec.name, code, signal },
        `${spec.name} ended (${signal ?? `exit code ${code}`}); starting it again in ${(pauseMs / 1000).toFixed(1)} s`,
      );
      await pause(pauseMs, stopping.signal);
    }
  }

  const running = keepRunning();
  return {
    stop: async () => {
      stopping.abort();
      const killer = setTimeout(() => {
        log.error({ child: spec.name }, `${spec.name} did not stop in time: killing it`);
        child?.kill('SIGKILL');
      }, KILL_AFTER_MS);
      child?.kill('SIGTERM');
      await running;
      clearTimeout(killer);
    },
  };
}

/** Runs a child once. @returns its exit code; 1 when a signal ended it. */
export async function runChild(spec: ChildSpec): Promise<number> {
  const [code] = (await once(startChild(spec), 'exit')) as [number | null];
  return code ?? 1;
}

function startChild({ module, args = [], nodeOptions = [], env = {} }: ChildSpec): ChildProcess {
  return fork(module, args, {
    detached: true,
    env: { ...process.env, ...env },
    execArgv: [...process.execArgv, ...nodeOptions],
  });
}
