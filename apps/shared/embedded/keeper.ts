// Keeps the embedded server for a process that uses it, and lets go when that process ends in whatever way, SIGKILL
// included: the channel between the two closes then. The last keeper stops the server. A process of its own, and in a
// process group of its own, so that Ctrl-C on a terminal does not reach it before the warehouse's processes have finished.

import { messageOf } from '../errors.ts';
import { createLeases } from './leases.ts';
import type { KeeperMessage } from './open-embedded.ts';
import { startEmbeddedServer } from './server.ts';

const dataDir = process.argv[2] ?? '';
const leases = createLeases(dataDir, process.pid);

async function keep(): Promise<void> {
  const gone = new Promise<void>((resolve) => process.once('disconnect', resolve));
  const server = await leases.take(() => startEmbeddedServer(dataDir));
  tell({ kind: 'ready', connectionString: server.connectionString });
  await gone;
  await leases.leave(server.stop);
}

function tell(message: KeeperMessage): void {
  if (process.connected) process.send?.(message);
}

process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
keep().then(
  () => process.exit(0),
  async (error: unknown) => {
    tell({ kind: 'failed', message: messageOf(error) });
    await leases.leave(async () => {});
    process.exitCode = 1;
    if (process.connected) process.disconnect();
  },
);
