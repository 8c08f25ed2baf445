import type { CsvHeader } from './csv-header.ts';
import { NOT_JSON } from './item.ts';
import { makeEventJson } from './make-event.ts';
import { parseCsvRecord } from './parse-csv-record.ts';

/** What has to be known of a CSV file to make an event of one of its records. */
export type CsvColumns = Pick<CsvHeader, 'delimiter' | 'columnCount' | 'paths'>;

export type Converted =
  | { kind: 'event'; json: Buffer }
  | { kind: 'fault'; code: string; message: string };

const WHOLE_TIME = /^$|:\d{2}([.]\d+)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?$/;

/**
 * Makes an event of a CSV record.
 *
 * @param isCut no line break follows the record: the file may have been cut off inside its last field.
 */
export function convertCsvRecord(record: Buffer, columns: CsvColumns, isCut = false): Converted {
  const fields = parseCsvRecord(record, columns.delimiter);
  if (fields?.length !== columns.columnCount || (isCut && !isTimeWhole(fields, columns)))
    return fault(`the line is no record of ${columns.columnCount} fields`);
  const json = makeEventJson(fields, columns);
  return json === undefined
    ? fault('the payload is no JSON')
    : { kind: 'event', json: Buffer.from(json) };
}

function isTimeWhole(fields: readonly string[], { paths }: CsvColumns): boolean {
  const time = paths.find(({ path }) => path === 'created_at');
  return time === undefined || WHOLE_TIME.test(fields[time.column] ?? '');
}

function fault(message: string): Converted {
  return { kind: 'fault', code: NOT_JSON, message };
}
