import type { Item } from './item.ts';

/**
 * What lines have that PostgreSQL may refuse although they begin and end like an object: NUL bytes and escapes,
 * surrogates (mostly in pairs, and fine), two objects on one line, a half line with another glued to it, deep nesting.
 * Looking for them is native code; most of a file has none.
 */
const SUSPICIOUS = [
  '\u0000',
  '\u001e',
  '\\u0000',
  '\\ud',
  '\\uD',
  '}{"',
  '{"id":"',
  '[[[[[[[[',
].map((mark) => Buffer.from(mark));

/**
 * Marks the items to be stored apart, so that one that is refused does not undo its whole chunk.
 *
 * @param items in the order in which they lie in the window.
 */
export function markSuspects(window: Buffer, items: readonly Item[]): void {
  for (const mark of SUSPICIOUS) {
    let index = 0;
    for (let at = window.indexOf(mark); at >= 0; ) {
      while (index < items.length && (items[index] as Item).end <= at) index++;
      const item = items[index];
      if (item === undefined) break;
      // That every line begins with its id is no reason to suspect it.
      if (at > item.start) {
        item.isSuspect = true;
        at = window.indexOf(mark, item.end);
      } else {
        at = window.indexOf(mark, at + 1);
      }
    }
  }
}
