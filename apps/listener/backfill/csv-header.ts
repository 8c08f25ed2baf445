import { UserError } from '../../shared/errors.ts';
import { parseCsvRecord } from './parse-csv-record.ts';

/** How the columns of a CSV file make an event. */
export interface CsvHeader {
  delimiter: string;
  columnCount: number;
  /** Which path in the event each used column stands for. */
  paths: { column: number; path: string }[];
  used: string[];
  leftOut: string[];
}

/** The usual names of columns, without case, and where in GitHub's shape they belong. */
const USUAL = new Map(
  Object.entries({
    id: ['id', 'event_id'],
    type: ['type', 'event_type'],
    created_at: ['created_at', 'event_time', 'event_created_at', 'timestamp'],
    'actor.login': ['actor', 'actor_login', 'user', 'user_login', 'login', 'username'],
    'actor.id': ['actor_id', 'user_id'],
    'repo.name': ['repo', 'repo_name', 'repository', 'repository_name', 'repo_full_name'],
    'repo.id': ['repo_id', 'repository_id'],
    'org.login': ['org', 'org_login', 'organization'],
    'org.id': ['org_id'],
    payload: ['payload'],
    public: ['public', 'is_public'],
  }).flatMap(([path, names]) => names.map((name) => [name, path] as const)),
);
const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Reads the first line as the names of columns.
 *
 * @param mapping further columns, by name without case.
 * @returns undefined when it is no header of a file of events: one names at least an id and a type.
 */
export function readCsvHeader(
  head: Buffer,
  mapping: ReadonlyMap<string, string>,
): CsvHeader | undefined {
  const newline = head.indexOf('\n');
  const line = head.subarray(0, newline < 0 ? head.length : newline);
  for (const delimiter of DELIMITERS) {
    const names = parseCsvRecord(line, delimiter)?.map((name) => name.trim().toLowerCase());
    if (names === undefined) continue;
    const paths = names.flatMap((name, column) => {
      const path = mapping.get(name) ?? USUAL.get(name);
      return path === undefined ? [] : [{ column, path }];
    });
    const known = new Set(paths.map(({ path }) => path));
    if (!known.has('id') || !known.has('type')) continue;
    const used = new Set(paths.map(({ column }) => column));
    return {
      delimiter,
      columnCount: names.length,
      paths,
      used: names.filter((_, column) => used.has(column)),
      leftOut: names.filter((_, column) => !used.has(column)),
    };
  }
  return undefined;
}

/**
 * Reads `COLUMN=PATH` pairs.
 *
 * @throws UserError when one is none.
 */
export function parseMapping(pairs: readonly string[]): Map<string, string> {
  return new Map(
    pairs.map((pair) => {
      const [, column, path] = /^(.+?)=([\w-]+(?:\.[\w-]+)*)$/.exec(pair) ?? [];
      if (column === undefined || path === undefined)
        throw new UserError(`--map is "${pair}"; write COLUMN=PATH, such as who=actor.login.`);
      return [column.trim().toLowerCase(), path];
    }),
  );
}
