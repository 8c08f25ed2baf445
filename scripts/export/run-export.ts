import type { Writable } from 'node:stream';
import { codeOf, messageOf, UserError } from '../../apps/shared/errors.ts';
import type { Reader } from '../../apps/shared/report/open-reader.ts';
import { chooseTimeColumn } from './choose-time-column.ts';
import { describeQuery, selectAll } from './describe-query.ts';
import {
  createFileDestination,
  createFolderDestination,
  createStreamDestination,
  type Destination,
} from './destinations.ts';
import { explainFileError } from './explain-file-error.ts';
import { exportParquet } from './export-parquet.ts';
import { exportCsv, exportNdjson } from './export-text.ts';
import type { Selection, Tally } from './export-types.ts';
import { findTable } from './find-table.ts';
import { FOLDER_COLUMN } from './part-folder.ts';
import { type ExportOptions, STDOUT } from './read-export-options.ts';

export interface ExportRun {
  reader: Reader;
  options: ExportOptions;
  /** Takes what goes to standard output. */
  stdout: Writable;
  /** Kept up to date while it runs. */
  tally: Tally;
  /** Aborts when asked to stop. */
  signal: AbortSignal;
}

const EXPORTERS = { csv: exportCsv, ndjson: exportNdjson, parquet: exportParquet };
/** SQLSTATEs of what is no time. */
const NO_TIME = ['22007', '22008'];

/**
 * Writes the rows of a table or a query, as they were at one moment, in one transaction that only reads. Files get
 * their names when all rows are in them; of an export that fails nothing is left.
 *
 * @throws UserError for what a person can correct; the signal's reason when it aborts.
 */
export async function runExport(run: ExportRun): Promise<void> {
  const { reader, options, tally, signal } = run;
  const cancel = () => void reader.cancel().catch(() => {});
  signal.addEventListener('abort', cancel, { once: true });
  // The next statement on a lost connection says only that it is lost.
  let loss: Error | undefined;
  const noteLoss = (error: Error) => {
    loss ??= error;
  };
  reader.client.on('error', noteLoss);
  let destination: Destination | undefined;
  try {
    await begin(reader);
    const selection = await select(reader, options);
    destination = await createDestination(run);
    await EXPORTERS[options.format]({ reader, selection, destination, tally, signal });
    await reader.client.query('commit');
    signal.throwIfAborted();
    await destination.publish();
  } catch (error) {
    await destination?.discard();
    // What the server says of a statement that we cancelled is of no interest.
    signal.throwIfAborted();
    throw explainFileError(loss ?? error, options.out);
  } finally {
    signal.removeEventListener('abort', cancel);
    reader.client.off('error', noteLoss);
  }
}

/** After the first query of a transaction the server does not let it become one that writes. */
async function begin({ client }: Reader): Promise<void> {
  await client.query('begin transaction isolation level repeatable read, read only');
  // A role or database may have settings of its own for these.
  await client.query(`set local statement_timeout = 0; set local bytea_output = 'hex'`);
}

async function select(reader: Reader, options: ExportOptions): Promise<Selection> {
  const { source, period } = options;
  const table =
    source.kind === 'table'
      ? await findTable(reader.client, source.name, reader.hasWarehouse)
      : undefined;
  const { sql, columns } = await describeQuery(
    reader,
    source.kind === 'query' ? source.sql : selectAll(table?.identifier ?? ''),
  );
  const since = await readTime(reader, '--since', options.since);
  const until = await readTime(reader, '--until', options.until);
  const needsTime = since !== undefined || until !== undefined || period !== undefined;
  const timeColumn = needsTime
    ? chooseTimeColumn(columns, options.timeColumn, table?.partitionColumn)
    : undefined;
  if (!needsTime && options.timeColumn !== undefined)
    throw new UserError('--time-column goes with --since, --until or --partition-by.');
  const folderColumn = period === undefined ? undefined : FOLDER_COLUMN[period];
  if (columns.some(({ name }) => name === folderColumn))
    throw new UserError(
      `The rows have a column "${folderColumn}" of their own, which a folder ${folderColumn}=… would hide. Give it another name with --query.`,
    );
  return { sql, columns, timeColumn, since, until, period };
}

/** A time as PostgreSQL reads it, such as 2026-01-31, 2026-01-31T07:00 or yesterday; UTC where it names no zone. */
async function readTime(
  { client }: Reader,
  option: string,
  given: string | undefined,
): Promise<string | undefined> {
  if (given === undefined) return undefined;
  try {
    const { rows } = await client.query<{ time: string }>('select $1::timestamptz::text as time', [
      given,
    ]);
    return rows[0]?.time;
  } catch (cause) {
    if (!NO_TIME.includes(codeOf(cause) ?? '')) throw cause;
    throw new UserError(
      `${option} takes a time, such as 2026-01-31, 2026-01-31T07:00 or yesterday: ${messageOf(cause)}.`,
      { cause },
    );
  }
}

async function createDestination({ options, stdout, tally }: ExportRun): Promise<Destination> {
  const { out, mayOverwrite, isGzip, format, period } = options;
  const shared = { out, mayOverwrite, isGzip, tally };
  if (out === STDOUT) return createStreamDestination(stdout, shared);
  if (period === undefined) return await createFileDestination(shared);
  const fileName = `part.${format}${isGzip ? '.gz' : ''}`;
  return await createFolderDestination({ ...shared, fileName });
}
