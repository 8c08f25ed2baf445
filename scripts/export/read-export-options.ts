import type { ParseArgsConfig } from 'node:util';
import { UserError } from '../../apps/shared/errors.ts';
import { FORMATS, type Format, type Period } from './export-types.ts';

export const exportOptions = {
  query: { type: 'string' },
  out: { type: 'string', short: 'o' },
  format: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  'time-column': { type: 'string' },
  'partition-by': { type: 'string' },
  gzip: { type: 'boolean' },
  force: { type: 'boolean' },
  list: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

type ExportValues = {
  [Name in keyof typeof exportOptions]?:
    | ((typeof exportOptions)[Name]['type'] extends 'string' ? string : boolean)
    | undefined;
};

/** What to export, where to, and how, as it was asked for; names and times are not yet looked up. */
export interface ExportOptions {
  source: { kind: 'table'; name: string } | { kind: 'query'; sql: string };
  /** A file, or with `period` a folder; - is standard output. */
  out: string;
  format: Format;
  isGzip: boolean;
  since: string | undefined;
  until: string | undefined;
  timeColumn: string | undefined;
  period: Period | undefined;
  mayOverwrite: boolean;
}

export const STDOUT = '-';
const ENDING = /\.(csv|ndjson|parquet)(\.gz)?$/i;

/** @throws UserError when something is missing, unknown, or does not go together. */
export function readExportOptions(
  values: ExportValues,
  positionals: readonly string[],
): ExportOptions {
  const source = readSource(values.query, positionals);
  const { out } = values;
  if (out === undefined || out === '')
    throw new UserError('Say where to: --out PATH, or --out - for standard output.');
  const ending = ENDING.exec(out);
  const format = readFormat(values.format ?? ending?.[1]?.toLowerCase());
  const period = readPeriod(values['partition-by']);
  const isGzip = values.gzip === true || (period === undefined && /\.gz$/i.test(out));
  if (format === 'parquet') {
    if (isGzip)
      throw new UserError('Parquet is compressed inside; leave out --gzip and the ending .gz.');
    if (out === STDOUT)
      throw new UserError(
        'Parquet needs a file: its readers begin at its end. --out - takes csv and ndjson.',
      );
  }
  if (out === STDOUT && period !== undefined)
    throw new UserError('--partition-by makes a folder of files; --out - is one stream.');
  return {
    source,
    out,
    format,
    isGzip,
    since: values.since,
    until: values.until,
    timeColumn: values['time-column'],
    period,
    mayOverwrite: values.force === true,
  };
}

function readSource(
  query: string | undefined,
  positionals: readonly string[],
): ExportOptions['source'] {
  const [name, ...more] = positionals;
  if (query !== undefined) {
    if (name !== undefined)
      throw new UserError(
        `Give either a table or --query, not both; put the query into quotes. What is "${name}"?`,
      );
    return { kind: 'query', sql: query };
  }
  if (name === undefined)
    throw new UserError(
      'Say what to export: a table, or --query "select …". See: npm run export -- --help',
    );
  if (more.length > 0) throw new UserError(`One table at a time; what is "${more.join(' ')}"?`);
  return { kind: 'table', name };
}

function readFormat(given: string | undefined): Format {
  const format = FORMATS.find((one) => one === given);
  if (format !== undefined) return format;
  const found = given === undefined ? 'its ending names none' : `found "${given}"`;
  throw new UserError(
    `--format is csv, ndjson or parquet, and may be left out when PATH ends in it; ${found}.`,
  );
}

function readPeriod(given: string | undefined): Period | undefined {
  if (given === undefined || given === 'day' || given === 'month') return given;
  throw new UserError(`--partition-by is day or month; found "${given}".`);
}
