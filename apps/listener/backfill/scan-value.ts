const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What follows ends before the value does. */
export const UNFINISHED = -1;
/** The value breaks off: a string holds a line break or another control character, which JSON does not allow. */
const TORN = -2;

/** Bytes that the scanner has to look at: 1 opens, 2 closes, 3 begins a string. All are ASCII, so UTF-8 needs no decoding. */
const KIND = new Uint8Array(256);
KIND[0x7b] = KIND[0x5b] = 1;
KIND[0x7d] = KIND[0x5d] = 2;
KIND[QUOTE] = 3;

/**
 * Finds where a JSON value ends without parsing it: brackets, strings and escapes only. That what lies between is JSON
 * is for PostgreSQL to say.
 *
 * @param start position of its first byte.
 * @returns the position after its last byte, or UNFINISHED, or TORN.
 */
export function findValueEnd(bytes: Buffer, start: number, limit = bytes.length): number {
  const first = KIND[bytes[start] ?? 0];
  if (first === 0) return findScalarEnd(bytes, start, limit);
  if (first === 3) return findStringEnd(bytes, start, limit);
  if (first === 2) return TORN;
  let depth = 0;
  for (let position = start; position < limit; position++) {
    const kind = KIND[bytes[position] as number];
    if (kind === 0) continue;
    if (kind === 1) depth++;
    else if (kind === 2) {
      depth--;
      if (depth === 0) return position + 1;
    } else {
      const end = findStringEnd(bytes, position, limit);
      if (end < 0) return end;
      position = end - 1;
    }
  }
  return UNFINISHED;
}

/** @returns the position after the closing quote, or UNFINISHED, or TORN. */
export function findStringEnd(bytes: Buffer, start: number, limit = bytes.length): number {
  for (let position = start + 1; position < limit; position++) {
    const byte = bytes[position] as number;
    if (byte === QUOTE) return position + 1;
    if (byte === BACKSLASH) position++;
    else if (byte < 0x20) return TORN;
  }
  return UNFINISHED;
}

/** A number, a word, or whatever else stands where a value should: up to the next space, comma, colon or bracket. */
function findScalarEnd(bytes: Buffer, start: number, limit: number): number {
  for (let position = start; position < limit; position++) {
    const byte = bytes[position] as number;
    if (isSpace(byte) || byte === 0x2c || byte === 0x3a || KIND[byte] !== 0)
      return position === start ? TORN : position;
  }
  return UNFINISHED;
}

/** Position of the first byte from `start` on that is no white space. */
export function skipSpace(bytes: Buffer, start: number): number {
  let position = start;
  while (isSpace(bytes[position])) position++;
  return position;
}

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
