import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import pg from 'pg';
import { projectRoot, warehousePath } from './project-root.ts';

/** A failure of a `.sql` file, with where in it and what the statement was. */
export class SqlFailure extends Error {
  override name = 'SqlFailure';
  readonly code: string | undefined;
  readonly file: string;
  readonly line: number | undefined;
  readonly statement: string | undefined;

  constructor(
    place: {
      file: string;
      line: number | undefined;
      statement: string | undefined;
      excerpt: string;
    },
    cause: pg.DatabaseError,
  ) {
    const at = place.line === undefined ? place.file : `${place.file}:${place.line}`;
    const detail = [cause.detail, cause.hint].filter(Boolean).join(' ');
    super(
      `${at}: ${cause.message}${detail === '' ? '' : `\n${detail}`}${place.excerpt === '' ? '' : `\n${place.excerpt}`}`,
      { cause },
    );
    this.code = cause.code;
    this.file = place.file;
    this.line = place.line;
    this.statement = place.statement;
  }
}

/**
 * Finds out where in the warehouse's SQL an error arose: in the text that was sent, in a DO block of it, or in
 * a PL/pgSQL function that a file of the same name under `warehouse/` defines.
 *
 * @param file absolute path of the file whose text was sent; undefined for a short statement in TypeScript.
 * @returns a SqlFailure, or the error itself when it did not come from PostgreSQL or names no place.
 */
export function explainSqlError(error: unknown, file?: string): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  const place =
    insideRoutine(error, file) ?? (file === undefined ? undefined : inText(error, file));
  if (place === undefined) return error;
  const line = place.line;
  const text = readFileSync(place.file, 'utf8');
  return new SqlFailure(
    {
      file: relative(projectRoot, place.file),
      line,
      statement: error.internalQuery ?? quotedStatement(error) ?? statementAround(text, error),
      excerpt: excerpt(text, line, place.column),
    },
    error,
  );
}

interface Place {
  file: string;
  line: number | undefined;
  column: number | undefined;
}

/** `where` ends with the outermost context line; the innermost PL/pgSQL one tells the place of the fault. */
function insideRoutine(error: pg.DatabaseError, file: string | undefined): Place | undefined {
  const context = /PL\/pgSQL function (\S+?)(?:\(.*?\))? line (\d+)/.exec(error.where ?? '');
  if (context?.[1] === undefined) return undefined;
  const bodyLine = Number(context[2]);
  const routineFile =
    context[1] === 'inline_code_block'
      ? file
      : warehousePath(`${context[1].replace('.', '/')}.sql`);
  if (routineFile === undefined || !existsSync(routineFile)) return undefined;
  const text = readFileSync(routineFile, 'utf8');
  const bodyStart = /(?:\bas|\bdo) (\$\w*\$)/.exec(text);
  if (bodyStart === null) return undefined;
  const statementLine = lineAt(text, bodyStart.index + bodyStart[0].length) + bodyLine - 1;
  // The position inside the statement sharpens the line PL/pgSQL reports, which is the statement's first.
  const query = error.internalQuery;
  const from = query === undefined ? -1 : text.indexOf(query.trim());
  if (query === undefined || from < 0)
    return { file: routineFile, line: statementLine, column: undefined };
  const at =
    from + Number(error.internalPosition ?? 1) - 1 - (query.length - query.trimStart().length);
  return { file: routineFile, line: lineAt(text, at), column: at - text.lastIndexOf('\n', at - 1) };
}

function inText(error: pg.DatabaseError, file: string): Place {
  if (error.position === undefined) return { file, line: undefined, column: undefined };
  const text = readFileSync(file, 'utf8');
  // PostgreSQL counts characters; so does a string of code points.
  const at = [...text].slice(0, Number(error.position) - 1).join('').length;
  return { file, line: lineAt(text, at), column: at - text.lastIndexOf('\n', at - 1) };
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function quotedStatement(error: pg.DatabaseError): string | undefined {
  return /SQL (?:statement|expression) "([\s\S]*?)"\nPL\/pgSQL/.exec(error.where ?? '')?.[1];
}

function statementAround(text: string, error: pg.DatabaseError): string | undefined {
  if (error.position === undefined) return undefined;
  const at = Number(error.position) - 1;
  const end = text.indexOf(';\n', at);
  return text.slice(text.lastIndexOf(';\n', at - 1) + 1, end < 0 ? undefined : end + 1).trim();
}

function excerpt(text: string, line: number | undefined, column: number | undefined): string {
  if (line === undefined) return '';
  const shown = `${line} | `;
  const caret = column === undefined ? '' : `\n${' '.repeat(shown.length + column - 1)}^`;
  return `${shown}${text.split('\n')[line - 1] ?? ''}${caret}`;
}
