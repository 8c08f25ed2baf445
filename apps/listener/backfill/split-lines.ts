import { Item, LONGEST_ITEM, NOT_JSON, type Splitter } from './item.ts';
import { markSuspects } from './mark-suspects.ts';
import { isSpace } from './scan-value.ts';

const NEWLINE = 0x0a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Cuts NDJSON into its lines, and nothing more: looking for line ends is native code, and what is in a line is for
 * PostgreSQL to say. Empty lines are no items; U+2028 ends no line.
 */
export function createLineSplitter(): Splitter {
  let line = 1;
  /** Bytes of the present line that went before the window, in pieces. */
  let column = 0;

  function split(window: Buffer, isEnd: boolean): { items: Item[]; consumed: number } {
    const items: Item[] = [];
    let start = 0;

    /** What is too long to be an item goes aside in pieces, wherever windows begin and end. */
    function cutLongLine(end: number): void {
      while (end - start > LONGEST_ITEM) {
        addPiece(items, window, start, start + LONGEST_ITEM);
        start += LONGEST_ITEM;
        column += LONGEST_ITEM;
      }
    }

    for (;;) {
      const newline = window.indexOf(NEWLINE, start);
      cutLongLine(newline < 0 ? window.length : newline);
      if (newline < 0) break;
      addLine(items, window, start, newline);
      start = newline + 1;
      line++;
      column = 0;
    }
    if (isEnd && start < window.length) {
      addLine(items, window, start, window.length);
      start = window.length;
    }
    markSuspects(window, items);
    return { items, consumed: start };
  }

  function addLine(items: Item[], window: Buffer, from: number, to: number): void {
    let start = from;
    let end = to;
    while (end > start && isSpace(window[end - 1])) end--;
    while (start < end && isSpace(window[start])) start++;
    if (start === end) return;
    const item = new Item(window, start, end, { line, column: column + start - from + 1 });
    if (window[start] !== OPEN_BRACE || window[end - 1] !== CLOSE_BRACE) {
      item.fault = { code: NOT_JSON, message: 'the line is no JSON object' };
    }
    items.push(item);
  }

  function addPiece(items: Item[], window: Buffer, start: number, end: number): void {
    const item = new Item(window, start, end, { line, column: column + 1 });
    item.fault = { code: NOT_JSON, message: `a piece of a line longer than ${LONGEST_ITEM} bytes` };
    items.push(item);
  }

  return { split, trouble: () => undefined };
}
