import { setTimeout as sleep } from 'node:timers/promises';
import type { SpawnedProcess } from '../../support/spawn-process.ts';

type Start = (file: string, args?: string[], env?: Record<string, string>) => SpawnedProcess;

/** A process that is started again whenever it ends. */
export interface KeptProcess {
  /** The one that runs now, or ran last. */
  current: () => SpawnedProcess;
  /** Kills it and starts one with further variables; when that one ends, a usual one follows. */
  replace: (env: Record<string, string>) => Promise<SpawnedProcess>;
  /** Asks it to end and starts it no more. */
  stop: () => Promise<number | null>;
  /** Starts it after `stop`. */
  resume: () => void;
}

const PAUSE_MS = 200;

/** Keeps a process running, as a supervisor does. */
export function keepProcess(
  start: Start,
  file: string,
  env: Record<string, string>,
  onStart: (one: SpawnedProcess) => void,
): KeptProcess {
  let isWanted = true;
  let current = launch({});
  let last: Promise<unknown> = Promise.resolve();

  /** Two faults at once may want the same process. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  }

  function launch(further: Record<string, string>): SpawnedProcess {
    const one = start(file, [], { ...env, ...further });
    onStart(one);
    void one.exited.then(async () => {
      await sleep(PAUSE_MS);
      if (isWanted && current === one) current = launch({});
    });
    return one;
  }

  return {
    current: () => current,
    replace: (further) =>
      inTurn(async () => {
        isWanted = false;
        await end(current, 'SIGKILL');
        isWanted = true;
        current = launch(further);
        return current;
      }),
    stop: () =>
      inTurn(async () => {
        isWanted = false;
        return await end(current, 'SIGTERM');
      }),
    resume: () =>
      void inTurn(async () => {
        if (isWanted) return;
        isWanted = true;
        current = launch({});
      }),
  };
}

/** Also of a process that is stopped (SIGSTOP), and of one that has ended. */
async function end(one: SpawnedProcess, signal: NodeJS.Signals): Promise<number | null> {
  one.child.kill('SIGCONT');
  return await one.end(signal);
}
