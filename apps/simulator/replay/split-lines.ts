// NDJSON: one item a line.
import { isOneValue, trim } from './scan-value.ts';
import type { ItemSplitter } from './split-items.ts';

const newline = 0x0a;

/** Builds a splitter by lines; a line that is not one value from end to end is skipped whole. */
export function splitLines(onSkipped: (bytes: Buffer) => void): ItemSplitter {
  let rest: Buffer[] = [];

  function take(parts: Buffer[], into: Buffer[]): void {
    // concat copies: a view would keep a whole chunk of the file alive for one event.
    const line = trim(Buffer.concat(parts));
    if (line.length === 0) return;
    if (isOneValue(line)) into.push(line);
    else onSkipped(line);
  }

  return {
    push(chunk) {
      const items: Buffer[] = [];
      let start = 0;
      for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, start)) {
        take([...rest, chunk.subarray(start, at)], items);
        rest = [];
        start = at + 1;
      }
      if (start < chunk.length) rest.push(Buffer.from(chunk.subarray(start)));
      return items;
    },
    end() {
      const items: Buffer[] = [];
      take(rest, items);
      rest = [];
      return items;
    },
  };
}
