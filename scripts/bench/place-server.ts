import { chmod, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseLocation } from '../../apps/shared/database-location.ts';
import { openEmbedded } from '../../apps/shared/embedded/open-embedded.ts';
import type { Shutdown } from '../../apps/shared/shutdown.ts';

export interface Place {
  /** Of the server's maintenance database: the one that is configured need not exist. */
  serverUrl: string;
  workDir: string;
}

/**
 * Gives the server to measure on and a folder to work in, both gone again when the command ends. Without a server
 * configured it is an embedded one on a folder of its own, with the settings a warehouse gets: the figures must not depend
 * on what the user's own warehouse holds. Both are below `out`, on the disk where data usually lies; a folder for
 * temporary files may be memory.
 */
export async function placeServer(
  database: DatabaseLocation,
  out: string,
  { onRelease }: Pick<Shutdown, 'onRelease'>,
): Promise<Place> {
  await mkdir(out, { recursive: true });
  const workDir = await mkdtemp(join(out, 'work-'));
  onRelease('work folder', () => rm(workDir, { recursive: true, force: true }));
  if (database.kind === 'server')
    return { serverUrl: maintenanceUrl(database.connectionString), workDir };
  // Root hands PostgreSQL to another user, who has to get in.
  await chmod(workDir, 0o755);
  const dataDir = join(workDir, 'postgres');
  const embedded = await openEmbedded(dataDir);
  onRelease('embedded PostgreSQL', async () => {
    await embedded.release();
    // For root it may be a link to where that other user gets in.
    await rm(await realpath(dataDir), { recursive: true, force: true });
  });
  return { serverUrl: maintenanceUrl(embedded.connectionString), workDir };
}

function maintenanceUrl(connectionString: string): string {
  const url = new URL(connectionString);
  url.pathname = '/postgres';
  return url.href;
}
