// Against a real PostgreSQL with TLS: the test server's own binaries, on a folder and with certificates of the test's own.
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../apps/shared/config.ts';
import { createPool } from '../../apps/shared/database.ts';
import { postgresAccount } from '../../apps/shared/embedded/binaries.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../../apps/shared/embedded/server.ts';
import { messageOf } from '../../apps/shared/errors.ts';
import { useProcesses } from '../support/spawn-process.ts';

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(
      'The tests of TLS are skipped: they make their certificates with openssl, which is not here.',
    );
    return false;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'assay-tls-'));
// Root's PostgreSQL runs as another user, who has to get in.
chmodSync(folder, 0o755);
const path = (name: string) => join(folder, name);
const run = useProcesses();
let server: EmbeddedServer | undefined;

/** An authority, and a certificate of it for a server or a client. */
function certify(authority: string, name: string, subject: string, alternatives?: string): void {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const fresh = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
  ];
  try {
    chmodSync(path(`${authority}.pem`), 0o644);
  } catch {
    openssl(
      'req',
      '-x509',
      ...fresh,
      '-subj',
      `/CN=${authority}`,
      '-keyout',
      `${authority}.key`,
      '-out',
      `${authority}.pem`,
    );
  }
  openssl(
    'req',
    '-x509',
    ...fresh,
    '-subj',
    `/CN=${subject}`,
    '-CA',
    `${authority}.pem`,
    '-CAkey',
    `${authority}.key`,
    '-addext',
    'basicConstraints=critical,CA:FALSE',
    ...(alternatives === undefined ? [] : ['-addext', `subjectAltName=${alternatives}`]),
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
  );
}

describe.runIf(hasOpenssl())('a connection to a server with TLS', () => {
  beforeAll(async () => {
    certify('authority', 'server', 'assay', 'DNS:localhost');
    certify('authority', 'client', 'assay');
    certify('stranger', 'nobody', 'nobody');
    chmodSync(path('server.key'), 0o600);
    const account = await postgresAccount();
    if (account !== undefined) chownSync(path('server.key'), account.uid, account.gid);
    server = await startEmbeddedServer(path('data'), {
      ssl: 'on',
      ssl_cert_file: path('server.pem'),
      ssl_key_file: path('server.key'),
      ssl_ca_file: path('authority.pem'),
      fsync: 'off',
    });
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** @returns what the server says of the connection, or why there is none. */
  async function connect(variables: Record<string, string>, host = 'localhost', query = '') {
    const url = new URL(server?.connectionString ?? '');
    url.hostname = host;
    url.pathname = '/postgres';
    const { database } = loadConfig({ DATABASE_URL: `${url.href}${query}`, ...variables });
    if (database.kind !== 'server') throw new Error('No server.');
    const pool = createPool({
      connectionString: database.connectionString,
      applicationName: 'tls',
      max: 1,
    });
    try {
      const { rows } = await pool.query<{ ssl: boolean; client_dn: string | null }>(
        'select ssl, client_dn from pg_stat_ssl where pid = pg_backend_pid()',
      );
      return rows[0];
    } catch (error) {
      return messageOf(error);
    } finally {
      await pool.end();
    }
  }
  const verified = () => ({ PGSSLMODE: 'verify-full', PGSSLROOTCERT: path('authority.pem') });

  test('is in clear text unless it is asked for otherwise', async () => {
    expect(await connect({})).toMatchObject({ ssl: false });
    expect(await connect({ PGSSLMODE: 'disable' })).toMatchObject({ ssl: false });
  });

  test("verify-full: encrypted, to a server with the authority's certificate and the right name", async () => {
    expect(await connect(verified())).toMatchObject({ ssl: true });
    expect(
      await connect({}, 'localhost', `?sslmode=verify-full&sslrootcert=${path('authority.pem')}`),
    ).toMatchObject({ ssl: true });
  });

  test('verify-full refuses another authority, another name, and an unknown certificate', async () => {
    expect(await connect({ ...verified(), PGSSLROOTCERT: path('stranger.pem') })).toMatch(
      /certificate/,
    );
    expect(await connect(verified(), '127.0.0.1')).toMatch(/IP: 127\.0\.0\.1 is not in the cert/);
    expect(await connect({ PGSSLMODE: 'verify-full' })).toMatch(/certificate/);
  });

  test('verify-ca looks at the authority and not at the name', async () => {
    const variables = { ...verified(), PGSSLMODE: 'verify-ca' };
    expect(await connect(variables, '127.0.0.1')).toMatchObject({ ssl: true });
    expect(await connect({ ...variables, PGSSLROOTCERT: path('stranger.pem') })).toMatch(
      /certificate/,
    );
  });

  test('require encrypts and trusts whoever answers; with a root certificate it checks the authority', async () => {
    expect(await connect({ PGSSLMODE: 'require' }, '127.0.0.1')).toMatchObject({ ssl: true });
    expect(await connect({ PGSSLMODE: 'require', PGSSLROOTCERT: path('stranger.pem') })).toMatch(
      /certificate/,
    );
  });

  test('shows its own certificate', async () => {
    const own = { PGSSLCERT: path('client.pem'), PGSSLKEY: path('client.key') };
    expect(await connect({ ...verified(), ...own })).toEqual({ ssl: true, client_dn: '/CN=assay' });
  });

  test('is never in clear text where encryption was asked for', async () => {
    const plain = await startEmbeddedServer(path('plain'), { fsync: 'off' });
    try {
      const { port, password } = new URL(plain.connectionString);
      const { database } = loadConfig({
        DATABASE_URL: `postgres://assay:${password}@127.0.0.1:${port}/postgres`,
        PGSSLMODE: 'require',
      });
      if (database.kind !== 'server') throw new Error('No server.');
      const pool = createPool({
        connectionString: database.connectionString,
        applicationName: 'tls',
        max: 1,
      });
      await expect(pool.query('select 1')).rejects.toThrow(
        'The server does not support SSL connections',
      );
      await pool.end();
    } finally {
      await plain.stop();
    }
  });

  test('is what whole processes use: setup-db over TLS', async () => {
    const url = new URL(server?.connectionString ?? '');
    url.hostname = 'localhost';
    const setup = run('scripts/setup-db.ts', [], { DATABASE_URL: url.href, ...verified() });
    expect(await setup.exited, setup.output()).toBe(0);
    expect(setup.output()).toMatch('The warehouse is ready');
    const refused = run('scripts/setup-db.ts', [], {
      DATABASE_URL: url.href,
      PGSSLMODE: 'verify-full',
    });
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toMatch(/certificate/);
  });
});
