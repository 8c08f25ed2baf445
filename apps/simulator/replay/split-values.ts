// A JSON array, or values one after another, over as many lines as they like.
import {
  beginScan,
  closeBracket,
  isOneValue,
  isSeparator,
  openBracket,
  type Scan,
  scanOn,
  trim,
} from './scan-value.ts';
import type { ItemSplitter } from './split-items.ts';

/** Builds a splitter by brackets; what is open at the end of the file is skipped. */
export function splitValues(onSkipped: (bytes: Buffer) => void): ItemSplitter {
  // The present item as far as it came in earlier chunks.
  let begun: Buffer[] = [];
  let scan: Scan | null = null;
  let isArray: boolean | null = null;
  let isOver = false;

  function push(chunk: Buffer): Buffer[] {
    const items: Buffer[] = [];
    let at = 0;
    if (isArray === null) {
      // The first chunk: what precedes the first value is white space and a byte-order mark.
      at = trim(chunk).byteOffset - chunk.byteOffset;
      isArray = chunk[at] === openBracket;
      if (isArray) at += 1;
    }
    while (at < chunk.length && !isOver) {
      const byte = chunk[at] as number;
      if (scan === null && isSeparator(byte)) {
        at += 1;
        continue;
      }
      if (scan === null && isArray && byte === closeBracket) {
        isOver = true;
        break;
      }
      scan ??= beginScan(byte);
      const end = scanOn(scan, chunk, at);
      const part = chunk.subarray(at, end === -1 ? chunk.length : end);
      begun.push(Buffer.from(part));
      at += part.length;
      if (end === -1) break;
      items.push(Buffer.concat(begun));
      begun = [];
      scan = null;
    }
    return items;
  }

  function end(): Buffer[] {
    const last = trim(Buffer.concat(begun));
    begun = [];
    if (last.length === 0) return [];
    if (isOneValue(last)) return [last];
    onSkipped(last);
    return [];
  }

  return { push, end };
}
