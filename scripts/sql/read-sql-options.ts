import type { ParseArgsConfig } from 'node:util';
import { UserError } from '../../apps/shared/errors.ts';
import { createCsvFormat } from '../../apps/shared/report/csv-format.ts';
import { createJsonFormat } from '../../apps/shared/report/json-format.ts';
import type { RowFormat } from '../../apps/shared/report/row-format.ts';
import { createTableFormat } from '../../apps/shared/report/table-format.ts';
import { readQueryFile } from './query-files.ts';

export const sqlOptions = {
  json: { type: 'boolean' },
  csv: { type: 'boolean' },
  file: { type: 'string', short: 'f' },
  list: { type: 'boolean' },
  set: { type: 'string', multiple: true },
  timeout: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

export interface SqlValues {
  json?: boolean | undefined;
  csv?: boolean | undefined;
  file?: string | undefined;
  list?: boolean | undefined;
  set?: string[] | undefined;
  timeout?: string | undefined;
}

/** The longest statement_timeout PostgreSQL takes. */
const LONGEST_TIMEOUT_SECONDS = 2_147_483;

/** @throws UserError when there is not exactly one text to run. */
export function readSql(
  values: SqlValues,
  positionals: readonly string[],
): { sql: string; file: string | undefined } {
  if (values.file !== undefined) {
    if (positionals.length > 0) throw new UserError('Give either a query or --file, not both.');
    return readQueryFile(values.file);
  }
  const [sql, ...more] = positionals;
  if (sql === undefined)
    throw new UserError('Give a query, --file or --list. See: npm run sql -- --help');
  if (more.length > 0)
    throw new UserError(
      `Put the query into quotes, so that the shell leaves it whole: npm run sql -- "${positionals.join(' ')}"`,
    );
  return { sql, file: undefined };
}

/** @throws UserError when both formats are asked for. */
export function chooseFormat(
  values: SqlValues,
  stdout: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>,
): RowFormat {
  if (values.json === true && values.csv === true)
    throw new UserError('Give either --json or --csv, not both.');
  if (values.json === true) return createJsonFormat();
  if (values.csv === true) return createCsvFormat();
  const isTerminal = stdout.isTTY === true;
  return createTableFormat({ isTerminal, width: isTerminal ? stdout.columns : undefined });
}

/** @throws UserError when one is not NAME=VALUE. */
export function readSettings(given: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    given.map((setting) => {
      const parts = /^([a-z_][a-z0-9_]*)=(.*)$/s.exec(setting);
      if (parts === null)
        throw new UserError(`--set takes NAME=VALUE, such as month=2015-01; found "${setting}".`);
      return [parts[1], parts[2]];
    }),
  );
}

/** @throws UserError when it is not a number of seconds. */
export function readTimeoutMs(given: string | undefined): number {
  if (given === undefined) return 0;
  const seconds = Number(given);
  if (given.trim() === '' || !(seconds > 0 && seconds <= LONGEST_TIMEOUT_SECONDS))
    throw new UserError(`--timeout takes a number of seconds above 0; found "${given}".`);
  return Math.max(1, Math.round(seconds * 1000));
}
