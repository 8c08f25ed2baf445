import { isSpace, skipSpace } from './backfill/scan-value.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Cuts a JSON array into the bytes of its items, without parsing them: JSON.parse would round numbers past
 * 2^53 and refuse a whole page for one bad item. Looks at brackets, strings and escapes only, all of them ASCII, so
 * that it works on UTF-8 bytes whether they are valid or not.
 *
 * @returns the items in order, white space around them trimmed; undefined when the bytes are no JSON array.
 */
export function splitJsonArray(body: Buffer): Buffer[] | undefined {
  const items: Buffer[] = [];
  let position = skipSpace(body, 0);
  if (body[position] !== OPEN_BRACKET) return undefined;
  position = skipSpace(body, position + 1);
  if (body[position] === CLOSE_BRACKET)
    return skipSpace(body, position + 1) === body.length ? items : undefined;
  while (position < body.length) {
    const end = findItemEnd(body, position);
    if (end === undefined) return undefined;
    items.push(body.subarray(position, trimEnd(body, position, end)));
    if (body[end] === CLOSE_BRACKET)
      return skipSpace(body, end + 1) === body.length ? items : undefined;
    position = skipSpace(body, end + 1);
  }
  return undefined;
}

/** Position of the comma or closing bracket that ends the item; undefined when the text ends before it. */
function findItemEnd(body: Buffer, start: number): number | undefined {
  let depth = 0;
  for (let position = start; position < body.length; position++) {
    switch (body[position]) {
      case QUOTE: {
        const end = findStringEnd(body, position);
        if (end === undefined) return undefined;
        position = end;
        break;
      }
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth++;
        break;
      case CLOSE_BRACE:
        depth--;
        break;
      case CLOSE_BRACKET:
        if (depth === 0) return position;
        depth--;
        break;
      case COMMA:
        if (depth === 0) return position;
        break;
    }
  }
  return undefined;
}

function findStringEnd(body: Buffer, start: number): number | undefined {
  for (let end = body.indexOf(QUOTE, start + 1); end >= 0; end = body.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (body[end - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return undefined;
}

function trimEnd(body: Buffer, start: number, end: number): number {
  let position = end;
  while (position > start && isSpace(body[position - 1])) position--;
  return position;
}
