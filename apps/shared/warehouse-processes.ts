import { extname, join } from 'node:path';
import { overrideVariables } from './secret-files.ts';
import type { ChildSpec } from './supervise.ts';

/**
 * Of Node.js, for the listener: new objects get 1 MB instead of 16 before they are collected. Pages come and go, and
 * without it they leave the process 40 MB larger. docker-compose.yml and package.json say the same.
 */
export const LISTENER_NODE_OPTIONS: readonly string[] = ['--max-semi-space-size=1'];

type WarehouseProcess = 'listener' | 'transformer' | 'api';

/** What the API tells whoever started it, once it answers. */
export interface ApiListens {
  kind: 'api-listens';
  address: string;
}

/** The module of an app's process: `.ts` in the sources, `.js` once compiled. */
export function processModule(app: WarehouseProcess): string {
  return join(import.meta.dirname, '..', app, `main${extname(import.meta.filename)}`);
}

/**
 * The variables that lead a process to a database.
 *
 * @param isAlone whether users of their own for the processes are left aside: they belong to another database.
 */
export function databaseEnvironment(
  connectionString: string,
  isAlone: boolean,
): Record<string, string> {
  const own = isAlone
    ? { LISTENER_DATABASE_URL: '', TRANSFORMER_DATABASE_URL: '', READER_DATABASE_URL: '' }
    : {};
  return { DATABASE_URL: connectionString, ...own };
}

/** The processes of a warehouse. What the user is to open is printed when it can be opened. */
export function warehouseProcesses(env: Readonly<Record<string, string>>): ChildSpec[] {
  return (['listener', 'transformer', 'api'] as const).map((name) => ({
    name,
    module: processModule(name),
    nodeOptions: name === 'listener' ? LISTENER_NODE_OPTIONS : [],
    env: overrideVariables(env),
    ...(name === 'api' ? { onMessage: createAddressPrinter() } : {}),
  }));
}

/** Prints where the API answers; again only when it has moved. */
function createAddressPrinter(): (message: unknown) => void {
  let printed: string | undefined;
  return (message) => {
    const { kind, address } = message as Partial<ApiListens>;
    if (kind !== 'api-listens' || address === undefined || address === printed) return;
    printed = address;
    console.log(`\nOpen ${address} for the dashboard, ${address}/docs for the API.\n`);
  };
}
