/** A statement of a longer text. */
export interface Statement {
  text: string;
  /** Where it begins in the whole text, in UTF-16 units. */
  offset: number;
}

/** One piece of SQL that a semicolon cannot end, or a single character. In order: what opens what. */
const TOKEN =
  /--[^\n]*|\/\*|[eE]'(?:[^'\\]|\\[\s\S]|'')*'?|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|[\s\S]/y;

/**
 * Splits a text into its statements, so that each can be sent alone: semicolons in strings, quoted names, comments
 * and dollar quotes end nothing. Statements of nothing but comments are left out.
 */
export function splitStatements(sql: string): Statement[] {
  const statements: Statement[] = [];
  let start: number | undefined;
  let at = 0;

  const finish = (end: number) => {
    if (start !== undefined)
      statements.push({ text: sql.slice(start, end).trimEnd(), offset: start });
    start = undefined;
  };

  while (at < sql.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(sql)?.[0] ?? '';
    if (token === ';') {
      finish(at);
    } else if (token === '/*') {
      at = endOfBlockComment(sql, at);
      continue;
    } else if (!token.startsWith('--') && token.trim() !== '') {
      start ??= at;
      if (token.startsWith('$') && token.length > 1) {
        const close = sql.indexOf(token, at + token.length);
        at = close < 0 ? sql.length : close + token.length;
        continue;
      }
    }
    at += token.length;
  }
  finish(sql.length);
  return statements;
}

/** PostgreSQL's block comments nest. */
function endOfBlockComment(sql: string, from: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 0;
  for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return sql.length;
}
