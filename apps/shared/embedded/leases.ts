import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOCK_FILE = 'lock';
const LOCK_POLL_MS = 100;

/**
 * Who uses an embedded server: one file for each process, beside the data folder. The server stops with the last of
 * them, not with the one that happened to start it.
 */
export interface Leases {
  /** Joins in, and runs `start` while nobody else starts or stops the server. */
  take: <T>(start: () => Promise<T>) => Promise<T>;
  /** Leaves; runs `stop`, under the same condition, when no living process is left. */
  leave: (stop: () => Promise<void>) => Promise<void>;
}

/** @param holder number of the process that holds this lease. */
export function createLeases(dataDir: string, holder: number): Leases {
  const folder = `${dataDir}.users`;
  const own = join(folder, String(holder));

  async function exclusively<T>(work: () => Promise<T>): Promise<T> {
    await mkdir(folder, { recursive: true });
    const lock = join(folder, LOCK_FILE);
    while (!(await create(lock, String(holder)))) {
      const taker = await readFile(lock, 'utf8').catch(() => '');
      // A killed process could not take its lock along; an empty file is one that is just being written.
      if (taker !== '' && !isAlive(Number(taker))) await rm(lock, { force: true });
      else await sleep(LOCK_POLL_MS);
    }
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  }

  return {
    take: (start) =>
      exclusively(async () => {
        await writeFile(own, '');
        return await start();
      }),
    leave: (stop) =>
      exclusively(async () => {
        await rm(own, { force: true });
        const users = (await readdir(folder)).filter((name) => name !== LOCK_FILE);
        const dead = users.filter((name) => !isAlive(Number(name)));
        await Promise.all(dead.map((name) => rm(join(folder, name), { force: true })));
        if (dead.length === users.length) await stop();
      }),
  };
}

/** @returns false when the file is there already. */
async function create(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
