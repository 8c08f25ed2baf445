import { once } from 'node:events';
import { type CopyToStreamQuery, to } from 'pg-copy-streams';
import type { Reader } from '../../apps/shared/report/open-reader.ts';
import { buildSelect } from './build-select.ts';
import type { Destination } from './destinations.ts';
import type { Column, Selection, Tally } from './export-types.ts';
import { createRecordFinder } from './find-record-ends.ts';
import type { Sink } from './open-sink.ts';
import { partFolder } from './part-folder.ts';

export interface ExportJob {
  reader: Reader;
  selection: Selection;
  destination: Destination;
  tally: Tally;
  signal: AbortSignal;
}

const JSON_TYPE = 114;
const COMMA = 0x2c;
/** JSON holds neither of these bytes as they are, so that COPY finds nothing to quote in it. */
const MARK = 0x02;
const AS_LINES = `format csv, quote e'\\x01', delimiter e'\\x0${MARK}'`;

/** Writes rows as PostgreSQL's COPY writes CSV, each file with a header. NULL is an empty field, empty text is "". */
export async function exportCsv(job: ExportJob): Promise<void> {
  const { selection } = job;
  const { folderKey, from } = buildSelect(selection);
  const header: Buffer[] = [];
  await readCopy(
    job,
    `copy (select exported.* from (${selection.sql}\n) as exported limit 0) to stdout (format csv, header)`,
    async (piece) => void header.push(piece),
  );
  await exportCopy(job, {
    sql: `copy (select ${listed(folderKey)}exported.* ${from}) to stdout (format csv)`,
    hasQuotes: true,
    delimiter: COMMA,
    header: Buffer.concat(header),
  });
}

/** Writes each row as a JSON object on a line of its own, as PostgreSQL's row_to_json makes it: numbers with all their digits. */
export async function exportNdjson(job: ExportJob): Promise<void> {
  const { folderKey, from } = buildSelect(job.selection);
  const object = job.selection.columns.some(mayHoldLineEnds)
    ? `translate(row_to_json(exported.*)::text, e'\\n\\r', '  ')`
    : 'row_to_json(exported.*)';
  await exportCopy(job, {
    sql: `copy (select ${listed(folderKey)}${object} ${from}) to stdout (${AS_LINES})`,
    hasQuotes: false,
    delimiter: MARK,
    header: Buffer.alloc(0),
  });
}

const listed = (expression: string | undefined) =>
  expression === undefined ? '' : `${expression}, `;

/** Type json keeps line ends between its tokens, and nested types may hold json. */
function mayHoldLineEnds({ typeId, isNested }: Column): boolean {
  return typeId === JSON_TYPE || isNested;
}

interface Copy {
  sql: string;
  /** Whether a line end inside of quotes ends no record. */
  hasQuotes: boolean;
  /** Stands behind the first field, which with a period is the key of the folder. */
  delimiter: number;
  /** What each file begins with. */
  header: Buffer;
}

async function exportCopy(job: ExportJob, copy: Copy): Promise<void> {
  const { selection, destination, tally } = job;
  const findEnds = createRecordFinder(copy.hasQuotes);
  const open = async (folder: string | undefined): Promise<Sink> => {
    const sink = await destination.open(folder);
    if (copy.header.length > 0) await sink.write(copy.header);
    return sink;
  };
  const { period } = selection;
  let finish: () => Promise<void>;
  let take: (piece: Buffer) => Promise<void>;

  if (period === undefined) {
    const sink = await open(undefined);
    take = async (piece) => {
      findEnds(piece, () => tally.rows++);
      await sink.write(piece);
    };
    finish = sink.close;
  } else {
    let part: { key: string; sink: Sink } | undefined;
    let rest: Buffer = Buffer.alloc(0);
    take = async (piece) => {
      const ends: number[] = [];
      findEnds(piece, (end) => ends.push(end + rest.length));
      const text = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      let records: Buffer[] = [];
      let start = 0;
      for (const end of ends) {
        const mark = text.indexOf(copy.delimiter, start);
        const key = text.toString('latin1', start, mark);
        if (key !== part?.key) {
          await part?.sink.write(Buffer.concat(records));
          await part?.sink.close();
          records = [];
          part = { key, sink: await open(partFolder(key === '' ? null : key, period)) };
        }
        records.push(text.subarray(mark + 1, end));
        start = end;
      }
      tally.rows += ends.length;
      await part?.sink.write(Buffer.concat(records));
      rest = text.subarray(start);
    };
    finish = async () => await part?.sink.close();
  }

  const sent = await readCopy(job, copy.sql, take);
  await finish();
  if (tally.rows !== sent)
    throw new Error(`PostgreSQL sent ${sent} rows, and ${tally.rows} were counted.`);
}

/**
 * Runs COPY TO STDOUT and has each piece taken before the next is read.
 *
 * @returns the number of rows, as the server tells it.
 * @throws what the server or `take` said was wrong. The session can be used afterwards.
 */
async function readCopy(
  { reader, signal }: Pick<ExportJob, 'reader' | 'signal'>,
  sql: string,
  take: (piece: Buffer) => Promise<void>,
): Promise<number> {
  signal.throwIfAborted();
  const stream: CopyToStreamQuery = reader.client.query(to(sql));
  let isOver = false;
  for (const event of ['end', 'error']) stream.once(event, () => (isOver = true));
  try {
    for await (const piece of stream.iterator({ destroyOnReturn: false })) {
      signal.throwIfAborted();
      await take(piece as Buffer);
    }
  } catch (error) {
    // The server would go on sending; what it has sent has to be read for the session to end in order.
    if (!isOver) {
      await reader.cancel().catch(() => {});
      stream.resume();
      await once(stream, 'end').catch(() => {});
    }
    throw error;
  }
  // The number of rows comes behind the last of them.
  await reader.client.query('select');
  return stream.rowCount;
}
