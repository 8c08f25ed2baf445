import pg from 'pg';
import { UserError } from '../../apps/shared/errors.ts';
import { displayWidth, printable } from '../../apps/shared/report/display-width.ts';
import { NO_WAREHOUSE } from '../../apps/shared/report/open-reader.ts';

const READ_ONLY_TRANSACTION = '25006';
const QUERY_CANCELED = '57014';
const UNDEFINED_TABLE = '42P01';

export interface QueryText {
  /** All that was given, of which the statement is a part. */
  sql: string;
  /** Where the statement begins in it. */
  offset: number;
  /** The file it was read from; undefined when it came with the command. */
  file: string | undefined;
  /** Characters that were sent before the statement; PostgreSQL counts them too. Default 0. */
  sentBefore?: number;
  /** Whether the database holds a warehouse. */
  hasWarehouse: boolean;
  /** The command that runs it, for the advice. Default sql. */
  command?: 'sql' | 'export';
}

/**
 * An error of PostgreSQL as a person needs it: the message, the line with a caret under the fault, and what helps.
 * Any other error is given back.
 */
export function explainQueryError(error: unknown, query: QueryText): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  const place =
    error.position === undefined
      ? undefined
      : locate(query, Number(error.position) - (query.sentBefore ?? 0));
  const lines = [
    `${placeName(query.file, place?.line)}${error.message}`,
    place?.excerpt,
    error.detail,
    error.hint,
    // Where in a function it happened, when the text itself is not at fault.
    place === undefined ? error.where : undefined,
    advice(error.code, query),
  ];
  return new UserError(lines.filter((line) => line !== undefined && line !== '').join('\n'), {
    cause: error,
  });
}

function placeName(file: string | undefined, line: number | undefined): string {
  if (file === undefined) return '';
  return line === undefined ? `${file}: ` : `${file}:${line}: `;
}

function advice(
  code: string | undefined,
  { hasWarehouse, command = 'sql' }: QueryText,
): string | undefined {
  switch (code) {
    case READ_ONLY_TRANSACTION:
      return `npm run ${command} only reads; nothing was changed. To write, connect with psql or another client.`;
    case QUERY_CANCELED:
      if (command !== 'sql') return undefined;
      return 'Give it longer with --timeout SECONDS, or leave the option out to let it run to its end.';
    case UNDEFINED_TABLE:
      return hasWarehouse
        ? 'The tables are in the schemas ops, bronze, silver and gold; warehouse/README.md names them.'
        : NO_WAREHOUSE;
    default:
      return undefined;
  }
}

/** PostgreSQL counts characters of the statement from 1; an emoji is one of them and two UTF-16 units. */
function locate(
  { sql, offset }: QueryText,
  position: number,
): { line: number; excerpt: string } | undefined {
  const before = [...sql.slice(offset)].slice(0, position - 1).join('');
  const at = offset + before.length;
  const lineStart = sql.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = sql.indexOf('\n', at);
  const line = sql.slice(0, at).split('\n').length;
  const shown = `line ${line} | `;
  const text = printable(
    sql.slice(lineStart, lineEnd < 0 ? undefined : lineEnd).replaceAll('\t', ' '),
  );
  const indent =
    displayWidth(shown) + displayWidth(printable(sql.slice(lineStart, at).replaceAll('\t', ' ')));
  return { line, excerpt: `${shown}${text}\n${' '.repeat(indent)}^` };
}
