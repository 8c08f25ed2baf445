import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { UserError } from '../../apps/shared/errors.ts';
import { warehousePath } from '../../apps/shared/project-root.ts';

export interface QueryFile {
  /** Path below warehouse/queries without its ending, such as `health/gold-freshness`. */
  name: string;
  path: string;
  /** The first comment line, which states what a row is. */
  grain: string;
}

/** Queries made for npm run status and not for people. */
const FOR_STATUS = 'status';

/** The ready queries in warehouse/queries. */
export function listQueryFiles(): QueryFile[] {
  const folders = readdirSync(warehousePath('queries')).filter((folder) => folder !== FOR_STATUS);
  return folders.sort().flatMap((folder) =>
    readdirSync(warehousePath('queries', folder))
      .filter((file) => file.endsWith('.sql'))
      .sort()
      .map((file) => {
        const path = warehousePath('queries', folder, file);
        const [firstLine = ''] = readFileSync(path, 'utf8').split('\n', 1);
        return {
          name: `${folder}/${file.slice(0, -'.sql'.length)}`,
          path,
          grain: firstLine.replace(/^--\s*/, ''),
        };
      }),
  );
}

/**
 * Reads a `.sql` file: a path, the name of a ready query with or without its folder, or `-` for standard input.
 *
 * @throws UserError when there is no such file.
 */
export function readQueryFile(given: string): { sql: string; file: string } {
  if (given === '-') return { sql: readFileSync(0, 'utf8'), file: 'standard input' };
  const path = findPath(given);
  if (path === undefined) {
    throw new UserError(
      `There is no file "${given}", nor a ready query of that name. See them with: npm run sql -- --list`,
    );
  }
  return { sql: readFileSync(path, 'utf8'), file: relative(process.cwd(), path) };
}

function findPath(given: string): string | undefined {
  if (existsSync(given) && statSync(given).isFile()) return given;
  const name = given.replace(/\.sql$/, '');
  const ready = listQueryFiles().find(
    (file) => file.name === name || file.name.endsWith(`/${name}`),
  );
  if (ready !== undefined) return ready.path;
  const inQueries = join(warehousePath('queries'), `${name}.sql`);
  return existsSync(inQueries) ? inQueries : undefined;
}
