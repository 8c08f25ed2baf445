import { findStringEnd, skipSpace } from './scan-value.ts';

const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The first array of objects inside an object, and how many brackets are open around it. */
export function findInnerArray(
  bytes: Buffer,
  start: number,
): { at: number; outside: number } | undefined {
  let open = 0;
  for (let position = start; position < bytes.length; position++) {
    const byte = bytes[position];
    if (byte === QUOTE) {
      const end = findStringEnd(bytes, position);
      if (end < 0) return undefined;
      position = end - 1;
    } else if (byte === OPEN_BRACKET && bytes[skipSpace(bytes, position + 1)] === OPEN_BRACE) {
      return { at: position, outside: open };
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) open++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      open--;
      if (open === 0) return undefined;
    }
  }
  return undefined;
}
