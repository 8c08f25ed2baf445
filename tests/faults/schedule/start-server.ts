import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { locateBinaries, postgresAccount } from '../../../apps/shared/embedded/binaries.ts';
import { startEmbeddedServer } from '../../../apps/shared/embedded/server.ts';

const run = promisify(execFile);

/** A PostgreSQL of the suite's own, to be stopped and started. */
export interface OwnServer {
  connectionString: string;
  stop: (mode: 'immediate' | 'fast') => Promise<void>;
  start: () => Promise<void>;
}

/**
 * Starts a server in a folder of its own. What it has committed survives a stop of any kind, as it does where fsync is on:
 * only a crash of the whole machine would tell the difference.
 */
export async function startOwnServer(dataDir: string): Promise<OwnServer> {
  const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '80' };
  const account = await postgresAccount();
  const { pgCtl } = await locateBinaries(account);
  const stop: OwnServer['stop'] = async (mode) => {
    await run(pgCtl, ['stop', '-D', dataDir, '-m', mode, '-w', '-t', '60'], {
      ...account,
      cwd: '/',
    });
  };
  await startEmbeddedServer(dataDir, settings);
  await stop('fast');
  // Below the ports that connections are given: one that connects while the server is down would meet itself there.
  await writeFile(join(dataDir, 'assay.port'), String(await lowPort()));
  const { connectionString } = await startEmbeddedServer(dataDir, settings);
  return {
    connectionString,
    stop,
    start: async () => {
      const server = await startEmbeddedServer(dataDir, settings);
      if (server.connectionString !== connectionString)
        throw new Error('The server came back on another port.');
    },
  };
}

async function lowPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((done) => {
      probe.once('error', () => done(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
    });
    if (isFree) return port;
  }
}
