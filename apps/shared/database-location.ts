import { accessSync, constants } from 'node:fs';
import { messageOf } from './errors.ts';

/** Where the warehouse is: a server somebody runs, or the one embedded in this project. */
export type DatabaseLocation =
  | { kind: 'server'; connectionString: string }
  | { kind: 'embedded'; dataDir: string };

/** Whose work is done, and so whose rights it needs: see warehouse/roles. */
export type DatabaseRole = 'owner' | 'listener' | 'transformer' | 'reader';

/** The standard variables of PostgreSQL's programs for an encrypted connection. */
export interface TlsVariables {
  PGSSLMODE?: string | undefined;
  PGSSLROOTCERT?: string | undefined;
  PGSSLCERT?: string | undefined;
  PGSSLKEY?: string | undefined;
}

const PARAMETERS = {
  PGSSLMODE: 'sslmode',
  PGSSLROOTCERT: 'sslrootcert',
  PGSSLCERT: 'sslcert',
  PGSSLKEY: 'sslkey',
} as const;
const FILES = ['sslrootcert', 'sslcert', 'sslkey'] as const;
/** As PostgreSQL's own programs understand them. `allow` and `prefer` go on in clear text when the server says so. */
const MODES = ['disable', 'require', 'verify-ca', 'verify-full'];
/** One that only the library knows: encrypts and looks at no certificate. */
const LIBRARY_MODES = ['no-verify'];

/**
 * Completes a connection string with the standard variables for TLS; what it says itself goes first. The library
 * knows PGSSLMODE alone of them, and by itself takes `require` and `verify-ca` for `verify-full`; with the result they mean
 * what they mean to psql.
 *
 * @param onFault told what is wrong, in a sentence without a subject.
 */
export function withTls(
  connectionString: string,
  variables: TlsVariables,
  onFault: (fault: string) => void,
): string {
  const url = new URL(connectionString);
  const { searchParams } = url;
  const before = searchParams.toString();
  for (const [variable, parameter] of Object.entries(PARAMETERS)) {
    const value = variables[variable as keyof TlsVariables];
    if (value !== undefined && !searchParams.has(parameter)) searchParams.set(parameter, value);
  }
  const mode = searchParams.get('sslmode');
  const rootCert = searchParams.get('sslrootcert');
  if (mode === null) {
    if (FILES.some((file) => searchParams.has(file)))
      onFault('has certificates but no sslmode; set PGSSLMODE, to verify-full');
    return connectionString;
  }
  if (![...MODES, ...LIBRARY_MODES].includes(mode))
    onFault(
      `has the sslmode "${mode}"; it may be verify-full, verify-ca, require or disable. Assay never falls back to clear text`,
    );
  if (mode === 'disable') for (const file of FILES) searchParams.delete(file);
  else if (rootCert === 'system') {
    // The library would look for a file of that name; without one, Node.js brings the public authorities.
    searchParams.delete('sslrootcert');
    if (mode !== 'verify-full') onFault('has sslrootcert=system, which needs sslmode=verify-full');
  } else if (mode === 'verify-ca' && rootCert === null)
    onFault('has sslmode=verify-ca, which needs the certificate of the authority: PGSSLROOTCERT');
  for (const file of FILES) checkFile(file, searchParams.get(file), onFault);
  if (MODES.includes(mode) && mode !== 'disable' && !searchParams.has('uselibpqcompat'))
    searchParams.set('uselibpqcompat', 'true');
  return searchParams.toString() === before ? connectionString : url.href;
}

function checkFile(name: string, path: string | null, onFault: (fault: string) => void): void {
  if (path === null) return;
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    onFault(`names as ${name} a file that cannot be read: ${messageOf(error)}`);
  }
}
