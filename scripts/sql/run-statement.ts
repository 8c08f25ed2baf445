import pg from 'pg';
import type { Output } from '../../apps/shared/report/output.ts';
import type { Column, RawRow, RowFormat } from '../../apps/shared/report/row-format.ts';
import { rawTypes } from '../../apps/shared/report/sql-values.ts';

export interface StatementResult {
  /** As the server names what it did, such as SELECT or SET. */
  command: string;
  /** Rows printed; undefined when the statement gives none by its nature. */
  rowCount: number | undefined;
}

/**
 * Runs one statement and prints its rows as they arrive. Sent by the extended protocol, in which the server takes
 * one statement at a time: what `splitStatements` misses is refused and not run.
 *
 * @throws what PostgreSQL reports.
 */
export async function runStatement(
  client: pg.Client,
  text: string,
  format: RowFormat,
  output: Output,
): Promise<StatementResult> {
  // The constructor takes a row mode; its type does not say so.
  const query = new pg.Query({
    text,
    rowMode: 'array',
    queryMode: 'extended',
    types: rawTypes,
  } as pg.QueryConfig);
  let rowCount = 0;

  return await new Promise<StatementResult>((resolve, reject) => {
    query.on('row', (row: RawRow, result) => {
      if (rowCount++ === 0) output.write(format.begin(columnsOf(result)));
      if (!output.write(format.row(row))) waitForReader(client, output);
    });
    query.on('error', reject);
    query.on('end', (result) => {
      const columns = columnsOf(result);
      if (columns.length === 0)
        return resolve({
          command: result.command,
          rowCount: rowCount === 0 ? undefined : rowCount,
        });
      if (rowCount === 0) output.write(format.begin(columns));
      output.write(format.end());
      resolve({ command: result.command, rowCount });
    });
    client.query(query);
  });
}

function columnsOf(result: Pick<pg.ResultBuilder, 'fields'> | undefined): Column[] {
  return (result?.fields ?? []).map((field) => ({ name: field.name, typeId: field.dataTypeID }));
}

/** Leaves further rows with the server until what is printed has been read. pg offers no public way to do so. */
function waitForReader(client: pg.Client, output: Output): void {
  const { stream } = (client as pg.Client & { connection: pg.Connection }).connection;
  // What has been received already goes on to arrive as rows.
  if (stream.isPaused()) return;
  stream.pause();
  void output.drained().then(() => stream.resume());
}
