import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../errors.ts';
import {
  type Account,
  type Binaries,
  locateBinaries,
  postgresAccount,
  prepareDataDir,
} from './binaries.ts';

const run = promisify(execFile);

const USER = 'assay';
const DATABASE = 'assay';
const PASSWORD_FILE = 'assay.password';
const PORT_FILE = 'assay.port';

const MIB = 2 ** 20;
/** An eighth of the machine's memory, which has other work as well: what PostgreSQL keeps at hand of the tables. */
const SHARED_BUFFERS_MIB = Math.round(Math.min(2048, Math.max(128, totalmem() / 8 / MIB)));

/** Appended to postgresql.conf when the cluster is made. Loopback only; sized for a laptop. */
const SETTINGS = `
# --- Assay ---
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = ${SHARED_BUFFERS_MIB}MB
max_wal_size = 4GB
checkpoint_timeout = 15min
wal_level = minimal
max_wal_senders = 0
jit = off
log_min_messages = warning
`;

export interface EmbeddedServer {
  connectionString: string;
  stop: () => Promise<void>;
}

/**
 * Starts the embedded PostgreSQL on a data folder, making the cluster first when the folder is empty, or finds it
 * running there already. The port of last time is used again when it is free, so that BI tools keep their connection.
 *
 * @throws UserError with what to do when it cannot start.
 */
export async function startEmbeddedServer(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<EmbeddedServer> {
  const account = await postgresAccount();
  const binaries = await locateBinaries(account);
  const path = await prepareDataDir(dataDir, account);
  const options = { ...account, cwd: '/', timeout: 120_000 };
  const stop = async () => {
    await run(binaries.pgCtl, ['stop', '-D', path, '-m', 'fast', '-w', '-t', '60'], options);
  };

  if (!existsSync(join(path, 'PG_VERSION'))) await initialise(path, binaries, account);
  await requireSameVersion(path, binaries, account);
  const isRunning = await run(binaries.pgCtl, ['status', '-D', path], options).then(
    () => true,
    () => false,
  );
  if (isRunning) return { connectionString: await connectionString(path), stop };

  const port = await choosePort(join(path, PORT_FILE));
  await writeFile(join(path, PORT_FILE), String(port));
  const logFile = join(path, 'server.log');
  const flags = Object.entries({ port: String(port), ...settings }).map(
    ([name, value]) => `-c ${name}=${value}`,
  );
  try {
    await run(
      binaries.pgCtl,
      ['start', '-D', path, '-w', '-t', '60', '-l', logFile, '-o', flags.join(' ')],
      options,
    );
  } catch (cause) {
    throw new UserError(
      `The embedded PostgreSQL did not start. Its log says:\n${await lastLines(logFile)}\nData folder: ${path}. To use another server, set DATABASE_URL or DB_HOST.`,
      { cause },
    );
  }
  return { connectionString: await connectionString(path), stop };
}

async function initialise(
  path: string,
  binaries: Binaries,
  account: Account | undefined,
): Promise<void> {
  const secretDir = await mkdtemp(join(tmpdir(), 'assay-'));
  const passwordFile = join(secretDir, 'password');
  const password = randomBytes(18).toString('base64url');
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account !== undefined) {
      await chown(secretDir, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    await run(
      binaries.initdb,
      [
        '-D',
        path,
        '--username',
        USER,
        '--pwfile',
        passwordFile,
        '--auth',
        'scram-sha-256',
        '--encoding',
        'UTF8',
        '--locale',
        'C',
      ],
      { ...account, cwd: '/', timeout: 120_000 },
    );
  } catch (cause) {
    const output = (cause as { stderr?: string }).stderr ?? '';
    throw new UserError(
      `The embedded PostgreSQL could not be set up in ${path}: ${output.trim()}`,
      { cause },
    );
  } finally {
    await rm(secretDir, { recursive: true, force: true });
  }
  await appendFile(join(path, 'postgresql.conf'), SETTINGS);
  await writeFile(join(path, PASSWORD_FILE), password, { mode: 0o600 });
}

async function requireSameVersion(
  path: string,
  binaries: Binaries,
  account: Account | undefined,
): Promise<void> {
  const cluster = (await readFile(join(path, 'PG_VERSION'), 'utf8')).trim();
  const { stdout } = await run(binaries.postgres, ['--version'], { ...account, cwd: '/' });
  const program = /(\d+)\./.exec(stdout)?.[1];
  if (cluster !== program) {
    throw new UserError(
      `The data in ${path} belongs to PostgreSQL ${cluster}, the embedded server is ${program}. Move the data over with pg_dump and pg_restore, or set EMBEDDED_DATA_DIR to a new folder.`,
    );
  }
}

async function connectionString(path: string): Promise<string> {
  const [port, password] = await Promise.all(
    [PORT_FILE, PASSWORD_FILE].map((name) => readFile(join(path, name), 'utf8')),
  );
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

async function choosePort(portFile: string): Promise<number> {
  const previous = existsSync(portFile) ? Number(await readFile(portFile, 'utf8')) : 0;
  return (await freePort(previous)) ?? (await freePort(0)) ?? 0;
}

/** The port itself when it is free (any free one for 0), else undefined. */
function freePort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : undefined),
      );
    });
  });
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '(no log was written)');
  return text.trim().split('\n').slice(-10).join('\n');
}
