import type { CsvHeader } from './csv-header.ts';
import { Item, NOT_JSON, type Splitter } from './item.ts';
import { makeEventJson } from './make-event.ts';
import { parseCsvRecord } from './parse-csv-record.ts';
import { isSpace } from './scan-value.ts';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const CARRIAGE_RETURN = 0x0d;
const WHOLE_TIME = /^$|:\d{2}([.]\d+)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?$/;
/** A quoted field may span lines; one that spans more bytes than this has lost its closing quote. */
const LONGEST_RECORD = 1024 * 1024;

/** Cuts CSV into its records and makes an event of each. */
export function createCsvSplitter(header: CsvHeader): Splitter {
  let line = 1;
  let isHeader = true;

  function split(window: Buffer, isEnd: boolean): { items: Item[]; consumed: number } {
    const items: Item[] = [];
    let start = 0;
    while (start < window.length) {
      const lineEnd = endOfLine(window, start);
      let end = isHeader ? lineEnd : endOfRecord(window, start);
      const isCut = end === undefined;
      if (isCut && !isEnd && window.length - start < LONGEST_RECORD) break;
      end ??= lineEnd ?? window.length;
      if (!isHeader) {
        const item = readRecord(window, start, end, isCut);
        // Quotes that do not fit together have swallowed the lines behind: only the first of them is at fault.
        if (item?.fault !== undefined && lineEnd !== undefined && lineEnd < end) {
          end = lineEnd;
          const torn = readRecord(window, start, end, false);
          if (torn !== undefined) items.push(torn);
        } else if (item !== undefined) items.push(item);
      }
      isHeader = false;
      line += countLines(window, start, end);
      start = Math.min(end + 1, window.length);
    }
    return { items, consumed: start };
  }

  /** @param isCut no line break follows: the file may have been cut off here. */
  function readRecord(window: Buffer, from: number, to: number, isCut: boolean): Item | undefined {
    const end = window[to - 1] === CARRIAGE_RETURN ? to - 1 : to;
    if (window.subarray(from, end).every(isSpace)) return undefined;
    const item = new Item(window, from, end, { line, column: 1 });
    const fields = parseCsvRecord(item.original, header.delimiter);
    if (fields?.length !== header.columnCount || (isCut && !isTimeWhole(fields))) {
      const message = `the line is no record of ${header.columnCount} fields`;
      item.fault = { code: NOT_JSON, message };
      return item;
    }
    const json = makeEventJson(fields, header);
    if (json === undefined) item.fault = { code: NOT_JSON, message: 'the payload is no JSON' };
    else item.json = Buffer.from(json);
    return item;
  }

  function isTimeWhole(fields: readonly string[]): boolean {
    const time = header.paths.find(({ path }) => path === 'created_at');
    return time === undefined || WHOLE_TIME.test(fields[time.column] ?? '');
  }

  return { split, trouble: () => undefined };
}

function endOfLine(window: Buffer, start: number): number | undefined {
  const newline = window.indexOf(NEWLINE, start);
  return newline < 0 ? undefined : newline;
}

/** Position of the line break that is in no quotes; undefined when the window ends first. */
function endOfRecord(window: Buffer, start: number): number | undefined {
  let position = start;
  for (;;) {
    const newline = window.indexOf(NEWLINE, position);
    const quote = window.indexOf(QUOTE, position);
    if (newline < 0 && quote < 0) return undefined;
    if (quote < 0 || (newline >= 0 && newline < quote)) return newline < 0 ? undefined : newline;
    const closing = window.indexOf(QUOTE, quote + 1);
    if (closing < 0) return undefined;
    position = closing + 1;
  }
}

function countLines(window: Buffer, start: number, end: number): number {
  let count = 1;
  for (
    let at = window.indexOf(NEWLINE, start);
    at >= 0 && at < end;
    at = window.indexOf(NEWLINE, at + 1)
  )
    count++;
  return count;
}
