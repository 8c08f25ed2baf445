// Keeps the embedded server for the process that started it, and stops it when that process ends in whatever way,
// SIGKILL included: the channel between the two closes then. A process of its own and in a process group of its own,
// so that Ctrl-C on a terminal does not reach it before the warehouse's processes have finished.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { KeeperMessage } from './open-embedded.ts';
import { startEmbeddedServer } from './server.ts';

const dataDir = process.argv[2] ?? '';
const pidFile = join(dataDir, 'assay.keeper');

async function hasLivingKeeper(): Promise<boolean> {
  try {
    process.kill(Number(await readFile(pidFile, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

async function keep(): Promise<void> {
  const gone = new Promise<void>((resolve) => process.once('disconnect', resolve));
  const server = await startEmbeddedServer(dataDir);
  // Whoever finds the server running without a keeper (both were killed) takes it over.
  const isOwner = server.started || !(await hasLivingKeeper());
  if (isOwner) await writeFile(pidFile, String(process.pid));
  tell({ kind: 'ready', connectionString: server.connectionString, isOwner });
  if (!isOwner) process.exit(0);
  await gone;
  await server.stop();
}

function tell(message: KeeperMessage): void {
  if (process.connected) process.send?.(message);
}

process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
keep().then(
  () => process.exit(0),
  (error: unknown) => {
    tell({ kind: 'failed', message: messageOf(error) });
    process.exitCode = 1;
    if (process.connected) process.disconnect();
  },
);
