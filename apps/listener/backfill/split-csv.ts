import { type CsvColumns, convertCsvRecord } from './convert-csv-record.ts';
import { Item, type Splitter } from './item.ts';
import { isSpace } from './scan-value.ts';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const CARRIAGE_RETURN = 0x0d;
/** A quoted field may span lines; one that spans more bytes than this has lost its closing quote. */
const LONGEST_RECORD = 1024 * 1024;

/** Cuts CSV into its records and makes an event of each. */
export function createCsvSplitter({ delimiter, columnCount, paths }: CsvColumns): Splitter {
  const columns: CsvColumns = { delimiter, columnCount, paths };
  const csvColumns = JSON.stringify(columns);
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
    const converted = convertCsvRecord(item.original, columns, isCut);
    if (converted.kind === 'event') item.json = converted.json;
    else item.fault = converted;
    // What was cut off must not be taken for a whole record when it is replayed.
    if (!isCut || converted.kind === 'event') item.csvColumns = csvColumns;
    return item;
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
