import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../apps/shared/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-location-'));
const CA = join(folder, 'ca.pem');
writeFileSync(CA, 'a certificate');
afterAll(() => rmSync(folder, { recursive: true }));

const URL_ = 'postgres://u:p%40ss@db.example/assay';
function connectionOf(
  environment: Record<string, string>,
  role: 'owner' | 'listener' | 'transformer' | 'reader' = 'owner',
): string {
  const location = loadConfig(environment).databases[role];
  return location.kind === 'server' ? location.connectionString : 'embedded';
}
const parametersOf = (environment: Record<string, string>) =>
  Object.fromEntries(new URL(connectionOf(environment)).searchParams);

describe('each role', () => {
  test('has the user given for it, and else the one for all', () => {
    const environment = { DATABASE_URL: URL_, LISTENER_DATABASE_URL: 'postgres://l:x@h/d' };
    expect(connectionOf(environment, 'listener')).toBe('postgres://l:x@h/d');
    expect(connectionOf(environment, 'transformer')).toBe(URL_);
    expect(connectionOf(environment, 'reader')).toBe(URL_);
    expect(connectionOf(environment)).toBe(URL_);
  });

  test('can have its user where nobody else has one: a process needs no password but its own', () => {
    const environment = { LISTENER_DATABASE_URL: 'postgres://l:x@h/d' };
    expect(connectionOf(environment, 'listener')).toBe('postgres://l:x@h/d');
    expect(connectionOf(environment)).toBe('embedded');
  });

  test('has its password kept out of logs, as it is and as it is written in the URL', () => {
    const { secrets } = loadConfig({
      DATABASE_URL: 'postgres://u:own%21er@h/d',
      LISTENER_DATABASE_URL: 'postgres://u:list@h/d',
      TRANSFORMER_DATABASE_URL: 'postgres://u:trans@h/d',
      READER_DATABASE_URL: 'postgres://u@h/d?password=read',
      GITHUB_API_URL: 'https://u:api@h',
    });
    expect(secrets).toEqual(
      expect.arrayContaining(['own!er', 'own%21er', 'list', 'trans', 'read', 'api']),
    );
  });
});

describe('the standard variables for TLS', () => {
  test('are part of every connection to a server, and mean what they mean to psql', () => {
    expect(
      parametersOf({ DATABASE_URL: URL_, PGSSLMODE: 'verify-full', PGSSLROOTCERT: CA }),
    ).toEqual({ sslmode: 'verify-full', sslrootcert: CA, uselibpqcompat: 'true' });
    expect(parametersOf({ DB_HOST: 'h', DB_PASS: 'p', PGSSLMODE: 'require' })).toEqual({
      sslmode: 'require',
      uselibpqcompat: 'true',
    });
    expect(new URL(connectionOf({ DATABASE_URL: URL_, PGSSLMODE: 'require' })).password).toBe(
      'p%40ss',
    );
  });

  test('give way to what a URL says itself', () => {
    expect(parametersOf({ DATABASE_URL: `${URL_}?sslmode=require`, PGSSLMODE: 'disable' })).toEqual(
      { sslmode: 'require', uselibpqcompat: 'true' },
    );
  });

  test('leave a URL alone that asks for nothing, or for no encryption', () => {
    expect(connectionOf({ DATABASE_URL: URL_ })).toBe(URL_);
    expect(parametersOf({ DATABASE_URL: URL_, PGSSLMODE: 'disable', PGSSLROOTCERT: CA })).toEqual({
      sslmode: 'disable',
    });
    expect(connectionOf({ PGSSLMODE: 'verify-full' })).toBe('embedded');
  });

  test('the public authorities are asked for by sslrootcert=system', () => {
    expect(
      parametersOf({ DATABASE_URL: URL_, PGSSLMODE: 'verify-full', PGSSLROOTCERT: 'system' }),
    ).toEqual({ sslmode: 'verify-full', uselibpqcompat: 'true' });
  });

  test.each([
    [{ PGSSLMODE: 'prefer' }, /DATABASE_URL has the sslmode "prefer"; it may be verify-full/],
    [{ PGSSLMODE: 'allow' }, /"allow"/],
    [{ PGSSLMODE: 'verify_full' }, /"verify_full"/],
    [{ PGSSLROOTCERT: CA }, /DATABASE_URL has certificates but no sslmode; set PGSSLMODE/],
    [{ PGSSLMODE: 'verify-ca' }, /verify-ca, which needs the certificate of the authority/],
    [{ PGSSLMODE: 'require', PGSSLROOTCERT: 'system' }, /system, which needs sslmode=verify-full/],
    [
      { PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/nowhere/ca.pem' },
      /names as sslrootcert a file that cannot be read: ENOENT/,
    ],
  ])('%j is refused before anything is sent in clear text', (variables, fault) => {
    expect(() =>
      loadConfig({ DATABASE_URL: URL_, ...variables } as Record<string, string>),
    ).toThrow(fault);
  });
});
