// Follows strings, escapes and brackets through bytes, to find where a JSON value ends without
// parsing it.

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Where a scan stands between two chunks. */
export interface Scan {
  depth: number;
  inString: boolean;
  escaped: boolean;
  /** Numbers, true, null: they end where a separator begins. */
  isScalar: boolean;
}

/** Begins a scan at the first byte of a value. */
export function beginScan(first: number): Scan {
  const isScalar = first !== quote && first !== openBrace && first !== openBracket;
  return { depth: 0, inString: false, escaped: false, isScalar };
}

/** Goes on from `from`; gives the index after the value's last byte, or -1 if the bytes end first. */
export function scanOn(scan: Scan, bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (scan.isScalar) {
      if (isSeparator(byte) || byte === closeBracket) return at;
    } else if (scan.inString) {
      if (scan.escaped) scan.escaped = false;
      else if (byte === backslash) scan.escaped = true;
      else if (byte === quote) {
        scan.inString = false;
        if (scan.depth === 0) return at + 1;
      }
    } else if (byte === quote) scan.inString = true;
    else if (byte === openBrace || byte === openBracket) scan.depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      scan.depth -= 1;
      if (scan.depth === 0) return at + 1;
    }
  }
  return -1;
}

/** Whether the bytes, trimmed, are one value from end to end and can stand in an array. */
export function isOneValue(bytes: Buffer): boolean {
  if (bytes.length === 0) return false;
  const scan = beginScan(bytes[0] as number);
  const end = scanOn(scan, bytes, 0);
  return scan.isScalar
    ? end === -1 && !/["{}[\]:]/.test(bytes.toString('latin1'))
    : end === bytes.length;
}

/** Space, tab, newline, carriage return or comma. */
export function isSeparator(byte: number): boolean {
  return byte === comma || isSpace(byte);
}

/** Cuts off white space, and a byte-order mark at the start: neither is part of an item. */
export function trim(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && isSpace(bytes[end - 1] as number)) end -= 1;
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (start < end && isSpace(bytes[start] as number)) start += 1;
  return bytes.subarray(start, Math.max(start, end));
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
