import { UserError } from '../../apps/shared/errors.ts';
import type { Reader } from '../../apps/shared/report/open-reader.ts';
import type { Output } from '../../apps/shared/report/output.ts';
import type { RowFormat } from '../../apps/shared/report/row-format.ts';
import { explainQueryError } from './explain-query-error.ts';
import { runStatement, type StatementResult } from './run-statement.ts';
import { splitStatements } from './split-statements.ts';

export interface SqlOptions {
  reader: Reader;
  sql: string;
  /** The file `sql` was read from; undefined when it came with the command. */
  file: string | undefined;
  format: RowFormat;
  output: Output;
  /** Tells how each statement went; not part of the output. */
  note: (line: string) => void;
  /** Each becomes assay.NAME, where the query reads it with current_setting. */
  settings: Readonly<Record<string, string>>;
  /** Milliseconds a statement may take; 0 for any. */
  timeoutMs: number;
  /** Aborts when asked to stop. */
  signal: AbortSignal;
}

/** How the server names a statement that ends the transaction, and with it the promise that nothing is written. */
const ENDS_TRANSACTION = new Set(['COMMIT', 'ROLLBACK', 'PREPARE TRANSACTION']);

/**
 * Runs the statements of a text one after the other, all in one transaction that only reads and sees one state of
 * the database, and prints what each gives.
 *
 * @throws UserError with the place of the fault when PostgreSQL refuses a statement.
 */
export async function runSql(options: SqlOptions): Promise<void> {
  const { reader, sql, file, format, output, note, signal } = options;
  const statements = splitStatements(sql);
  if (statements.length === 0)
    throw new UserError('There is no statement to run. See: npm run sql -- --help');
  // A read-only transaction still lets COPY write files on the server.
  if (statements.some(({ text }) => /^copy\b/i.test(text)))
    throw new UserError('COPY is not for here; select the rows and print them with --csv.');

  const stopped = AbortSignal.any([signal, output.closed]);
  const cancel = () => void reader.cancel().catch(() => {});
  stopped.addEventListener('abort', cancel, { once: true });
  try {
    await begin(options);
    for (const [index, { text, offset }] of statements.entries()) {
      if (stopped.aborted) return;
      if (index > 0) output.write(format.between);
      const startedAt = performance.now();
      const result = await runStatement(reader.client, text, format, output).catch((error) => {
        throw explainQueryError(error, {
          sql,
          offset,
          file,
          hasWarehouse: reader.hasWarehouse,
        });
      });
      await output.flush();
      if (ENDS_TRANSACTION.has(result.command))
        throw new UserError(
          `npm run sql reads in one transaction of its own; leave out "${text}".`,
        );
      note(`${summarize(result)} · ${Math.round(performance.now() - startedAt)} ms`);
    }
  } catch (error) {
    if (!stopped.aborted) throw error;
  } finally {
    stopped.removeEventListener('abort', cancel);
  }
}

/** After the first query of a transaction the server does not let it become one that writes. */
async function begin({ reader, timeoutMs, settings }: SqlOptions): Promise<void> {
  await reader.client.query('begin transaction isolation level repeatable read, read only');
  await reader.client.query(`select set_config('statement_timeout', $1, true)`, [
    String(timeoutMs),
  ]);
  for (const [name, value] of Object.entries(settings))
    await reader.client.query('select set_config($1, $2, true)', [`assay.${name}`, value]);
}

function summarize({ command, rowCount }: StatementResult): string {
  if (rowCount === undefined) return command;
  return rowCount === 1 ? '1 row' : `${rowCount} rows`;
}
